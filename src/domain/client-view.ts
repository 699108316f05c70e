import type { Client } from './client.ts';

/**
 * All that can be declared of a client, defaults too, by the names of the configuration file and in
 * a fixed order; `null` is nothing. No secret is in it. What is shown, compared and sent back.
 */
export function representClient(client: Client) {
  return {
    clientId: client.clientId,
    kind: client.kind,
    name: client.name,
    auth: client.auth,
    redirectUris: client.redirectUris,
    postLogoutRedirectUris: client.postLogoutRedirectUris,
    webOrigins: client.webOrigins ?? null,
    scopes: client.scopes,
    firstParty: client.firstParty,
    audience: client.audience ?? null,
    anyRoom: client.anyRoom,
    tokenTtlSeconds: client.tokenTtlSeconds ?? null,
    refreshTtlSeconds: client.refreshTtlSeconds ?? null,
    jwks: client.jwks ?? null,
    backchannelLogoutUri: client.backchannelLogoutUri ?? null,
  };
}
