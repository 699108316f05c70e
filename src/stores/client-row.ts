import type { Client, ClientAuth, ClientKeys, ClientKind, ClientScope } from '../domain/client.ts';

export interface ClientRow {
  id: string;
  issuer_id: string;
  position: number;
  client_id: string;
  kind: ClientKind;
  name: string;
  auth: ClientAuth;
  redirect_uris: string[];
  post_logout_redirect_uris: string[];
  web_origins: string[] | null;
  scopes: ClientScope[];
  first_party: boolean;
  audience: string | null;
  any_room: boolean;
  token_ttl_seconds: number | null;
  refresh_ttl_seconds: number | null;
  jwks: ClientKeys | null;
  backchannel_logout_uri: string | null;
  sealed_secret: Buffer | null;
  secret_changed_at: Date | null;
  sealed_former_secret: Buffer | null;
  former_secret_ends_at: Date | null;
}

export function clientFromRow(row: ClientRow): Client {
  return {
    clientId: row.client_id,
    kind: row.kind,
    name: row.name,
    auth: row.auth,
    redirectUris: row.redirect_uris,
    postLogoutRedirectUris: row.post_logout_redirect_uris,
    webOrigins: row.web_origins ?? undefined,
    scopes: row.scopes,
    firstParty: row.first_party,
    audience: row.audience ?? undefined,
    anyRoom: row.any_room,
    tokenTtlSeconds: row.token_ttl_seconds ?? undefined,
    refreshTtlSeconds: row.refresh_ttl_seconds ?? undefined,
    jwks: row.jwks ?? undefined,
    backchannelLogoutUri: row.backchannel_logout_uri ?? undefined,
  };
}

export function clientToColumns(client: Client) {
  return {
    client_id: client.clientId,
    kind: client.kind,
    name: client.name,
    auth: client.auth,
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    web_origins: client.webOrigins ?? null,
    scopes: client.scopes,
    first_party: client.firstParty,
    audience: client.audience ?? null,
    any_room: client.anyRoom,
    token_ttl_seconds: client.tokenTtlSeconds ?? null,
    refresh_ttl_seconds: client.refreshTtlSeconds ?? null,
    jwks: client.jwks ? JSON.stringify(client.jwks) : null,
    backchannel_logout_uri: client.backchannelLogoutUri ?? null,
  };
}
