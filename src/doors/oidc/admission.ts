/**
 * Asks our rules whether a client gets a code for a person, and for which room.
 *
 * @module
 */
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Client } from '../../domain/client.ts';
import { isDomainError } from '../../domain/errors.ts';
import {
  fromResource,
  type OidcEntry,
  readOidcEntry,
  toResource,
} from '../../domain/oidc-entry.ts';
import { clientIp } from '../../http/client-ip.ts';
import { requestReference } from '../../http/request-id.ts';
import type { SignedIn } from '../../http/session.ts';
import { admitToClient } from '../../operations/issue-client-token.ts';
import { errors } from './library.ts';
import type { OidcDeps, Realm } from './realm.ts';

/** The resource a Jitsi client's code is for: the room that Jitsi's `state` names. */
export function resourceOfState(
  { live }: Realm,
  client: Client,
  state: string | undefined,
): string {
  const isAny = client.anyRoom || live.issuer.anyRoom;
  try {
    return toResource(readOidcEntry(state, isAny ? 'any' : 'one'));
  } catch (error) {
    if (!isDomainError(error)) throw error;
    throw new errors.InvalidRequest(`state names no room: ${error.code}`);
  }
}

/** @param resource As a code or refresh token carries it. */
export function entryOf(resource: unknown): OidcEntry | undefined {
  const [first] = Array.isArray(resource) ? (resource as unknown[]) : [resource];
  return typeof first === 'string' ? fromResource(first) : undefined;
}

/** @throws {AccessDenied} in the words a client's page may show. */
export async function admitPerson(
  deps: Pick<OidcDeps, 'stores' | 'clock' | 'random'>,
  realm: Realm,
  { ctx, client, signedIn }: { ctx: KoaContextWithOIDC; client: Client; signedIn: SignedIn },
): Promise<void> {
  const resource = client.kind === 'jitsi' ? ctx.oidc.params?.resource : undefined;
  try {
    await admitToClient(deps, {
      ...realm,
      ...signedIn,
      client,
      entry: entryOf(resource),
      ip: clientIp(ctx),
      requestId: requestReference(ctx),
    });
  } catch (error) {
    if (!isDomainError(error) || error.code !== 'access_denied') throw error;
    throw new errors.AccessDenied(
      `${error.code}: ${error.details.reason} (reference ${requestReference(ctx)})`,
    );
  }
}
