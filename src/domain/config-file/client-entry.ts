/**
 * Clients between their two forms: as the file declares them, and as they are remembered.
 *
 * @module
 */
import type { Client, ClientAuth, ClientScope } from '../client.ts';
import type { ClientEntry } from './client-schema.ts';

const SCOPES: readonly ClientScope[] = ['openid', 'profile', 'email'];

/** What it leaves out has the default. */
export function toClient(entry: ClientEntry): Client {
  const { clientId, kind, name = clientId, audience, webOrigins } = entry;
  return {
    clientId,
    kind,
    name,
    auth: entry.auth ?? defaultAuth(entry),
    redirectUris: entry.redirectUris,
    postLogoutRedirectUris: entry.postLogoutRedirectUris ?? [],
    webOrigins,
    scopes: toScopes(entry),
    firstParty: entry.firstParty ?? kind === 'jitsi',
    audience,
    anyRoom: entry.anyRoom ?? false,
    tokenTtlSeconds: entry.tokenTtlSeconds,
    refreshTtlSeconds: entry.refreshTtlSeconds,
    jwks: entry.jwks,
    backchannelLogoutUri: entry.backchannelLogoutUri,
  };
}

/** The shortest entry that stands for this client, but for its `auth`; its secret is left out. */
export function fromClient(client: Client): ClientEntry {
  const { clientId, kind, name, auth, scopes, webOrigins, jwks } = client;
  const plain = {
    audience: client.audience,
    tokenTtlSeconds: client.tokenTtlSeconds,
    refreshTtlSeconds: client.refreshTtlSeconds,
    backchannelLogoutUri: client.backchannelLogoutUri,
  };
  const given = Object.entries(plain).filter(([, value]) => value !== undefined);
  return {
    clientId,
    kind,
    ...(name === clientId ? {} : { name }),
    redirectUris: [...client.redirectUris],
    ...(client.postLogoutRedirectUris.length > 0
      ? { postLogoutRedirectUris: [...client.postLogoutRedirectUris] }
      : {}),
    ...(webOrigins ? { webOrigins: [...webOrigins] } : {}),
    ...(kind === 'jitsi' && auth === 'none' ? {} : { auth }),
    ...(jwks ? { jwks: { keys: jwks.keys.map((key) => ({ ...key })) } } : {}),
    ...(scopes.join() === SCOPES.join() ? {} : { scopes: [...scopes] }),
    ...(client.firstParty === (kind === 'jitsi') ? {} : { firstParty: client.firstParty }),
    ...(client.anyRoom ? { anyRoom: true } : {}),
    ...Object.fromEntries(given),
  };
}

/** Never `none` by itself: a line that was left out must not take the proof away. */
function defaultAuth({ kind, jwks }: ClientEntry): ClientAuth {
  if (kind === 'jitsi') return 'none';
  return jwks ? 'private_key_jwt' : 'client_secret_basic';
}

/** `openid` is always among them. */
function toScopes({ scopes }: ClientEntry): readonly ClientScope[] {
  return scopes ? [...new Set<ClientScope>(['openid', ...scopes])] : SCOPES;
}
