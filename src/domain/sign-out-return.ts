/**
 * Where a sign-out goes on after the upstream's own: told to the upstream as `state`, and brought
 * back by anybody. So it names a place that is configured, and is no address.
 *
 * @module
 */
import { z } from 'zod';
import type { Issuer } from './issuer.ts';

const schema = z.union([
  z.strictObject({ slug: z.string() }),
  z.strictObject({
    slug: z.string(),
    clientId: z.string(),
    /** Which of the client's own. */
    address: z.string(),
    /** The client's. */
    state: z.string().optional(),
  }),
]);
export type SignOutReturn = z.output<typeof schema>;

export function encodeReturn(place: SignOutReturn): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** The Jitsi server, or an address registered by the client; `undefined` for everything else. */
export function resolveReturn(
  text: string,
  findIssuer: (slug: string) => Pick<Issuer, 'serverUrl' | 'clients'> | undefined,
): string | undefined {
  const place = parse(text);
  const issuer = place && findIssuer(place.slug);
  if (!place || !issuer) return undefined;
  if (!('clientId' in place)) return issuer.serverUrl;

  const client = issuer.clients.find(({ clientId }) => clientId === place.clientId);
  if (!client?.postLogoutRedirectUris.includes(place.address)) return undefined;
  if (place.state === undefined) return place.address;
  const url = new URL(place.address);
  url.searchParams.set('state', place.state);
  return url.href;
}

function parse(text: string): SignOutReturn | undefined {
  try {
    return schema.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    return undefined;
  }
}
