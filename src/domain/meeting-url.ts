/**
 * The address a token is sent to: always a room of the issuer's own server.
 *
 * @module
 */
import { DomainError } from './errors.ts';
import type { Issuer } from './issuer.ts';
import type { ConfigEntry } from './jitsi-config.ts';
import type { Room } from './room.ts';
import { canonicalTenant } from './tenant.ts';

export interface MeetingUrlInput {
  readonly issuer: Pick<Issuer, 'slug' | 'serverUrl' | 'delivery' | 'skipPrejoin'>;
  readonly room: Room;
  readonly tenant: string | undefined;
  /** Compact JWS; without one, the address of the room alone. */
  readonly token: string | undefined;
  /** What the meeting was opened with, from `state`. */
  readonly config?: readonly ConfigEntry[];
}

const SKIP_PREJOIN: ConfigEntry = ['config.prejoinConfig.enabled', false];

/**
 * Builds the address that opens a room, with the token in hand.
 *
 * jitsi-meet reads the query's `jwt` as it is and every value of the fragment as JSON
 * (`base/util/parseURLParams.ts`).
 *
 * @throws {DomainError} `issuer_without_server`, `tenant_invalid`.
 */
export function meetingUrl({ issuer, room, tenant, token, config = [] }: MeetingUrlInput): string {
  const base = serverBase(issuer);
  const path = tenant === undefined ? room.path : `${canonicalTenant(tenant)}/${room.path}`;
  const url = new URL(path, base);
  if (!url.href.startsWith(base)) throw new Error('a meeting URL left its server');

  const settings = new Map<string, ConfigEntry[1]>();
  // A compact JWS has nothing to encode, and a room's path is no query.
  if (token !== undefined && issuer.delivery === 'query') url.search = `jwt=${token}`;
  if (token !== undefined && issuer.delivery === 'fragment') settings.set('jwt', token);
  for (const [name, value] of config) settings.set(name, value);
  if (issuer.skipPrejoin) settings.set(...SKIP_PREJOIN);

  const fragment = [...settings].map(([name, value]) => `${name}=${encode(value)}`).join('&');
  return fragment === '' ? url.href : `${url.href}#${fragment}`;
}

/** Origin and path of the server, with a trailing slash. */
function serverBase({ slug, serverUrl }: MeetingUrlInput['issuer']): string {
  if (serverUrl === undefined) throw new DomainError('issuer_without_server', { slug });
  const { origin, pathname } = new URL(serverUrl);
  return pathname.endsWith('/') ? origin + pathname : `${origin}${pathname}/`;
}

function encode(value: ConfigEntry[1]): string {
  return encodeURIComponent(JSON.stringify(value)).replaceAll("'", '%27');
}
