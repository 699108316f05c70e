/**
 * Clients of issuers. Secrets are sealed, and only `listSecrets` opens them.
 *
 * @module
 */
import type { SecretBox } from '../crypto/secret-box.ts';
import {
  type Client,
  type ClientAuth,
  type ClientKeys,
  type ClientKind,
  type ClientScope,
  FORMER_SECRET_SECONDS,
  needsSecret,
} from '../domain/client.ts';
import { expectRows, type Sql } from './rows.ts';

/** In clear. */
export interface ClientSecrets {
  readonly secret: string;
  /** Good until then. */
  readonly former: { readonly secret: string; readonly until: Date } | undefined;
}

export interface ClientStore {
  /** Those of each issuer that has any, in order. */
  listByIssuer(issuerIds: readonly string[]): Promise<ReadonlyMap<string, Client[]>>;
  /** Issuer id → client id → its secrets. */
  listSecrets(): Promise<ReadonlyMap<string, ReadonlyMap<string, ClientSecrets>>>;
  /** Replaces all of an issuer's; who stays keeps the secret, unless it needs none any more. */
  replaceOf(issuerId: string, clients: readonly Client[]): Promise<void>;
  /** The one it had is good for a day yet. */
  setSecret(place: ClientPlace, secret: string, now: Date): Promise<void>;
}

export interface ClientPlace {
  readonly issuerId: string;
  readonly clientId: string;
}

interface ClientRow {
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
}

const sealedAt = (id: string, column: 'sealed_secret' | 'sealed_former_secret') => ({
  table: 'clients',
  column,
  id,
});

export function createClientStore(sql: Sql, secretBox: SecretBox): ClientStore {
  const clients = () => sql<ClientRow>('clients');

  const secretsOf = (row: ClientRow): ClientSecrets | undefined => {
    if (!row.sealed_secret) return undefined;
    const { sealed_former_secret: former, secret_changed_at: changedAt } = row;
    return {
      secret: secretBox.open(row.sealed_secret, sealedAt(row.id, 'sealed_secret')),
      former:
        former && changedAt
          ? {
              secret: secretBox.open(former, sealedAt(row.id, 'sealed_former_secret')),
              until: new Date(changedAt.getTime() + FORMER_SECRET_SECONDS * 1000),
            }
          : undefined,
    };
  };

  return {
    async listByIssuer(issuerIds) {
      const rows = await clients().whereIn('issuer_id', issuerIds).orderBy('position');
      const found = new Map<string, Client[]>();
      for (const row of rows)
        found.set(row.issuer_id, [...(found.get(row.issuer_id) ?? []), fromRow(row)]);
      return found;
    },

    async listSecrets() {
      const found = new Map<string, Map<string, ClientSecrets>>();
      for (const row of await clients().whereNotNull('sealed_secret')) {
        const secrets = secretsOf(row);
        const ofIssuer = found.get(row.issuer_id) ?? new Map<string, ClientSecrets>();
        if (secrets) ofIssuer.set(row.client_id, secrets);
        found.set(row.issuer_id, ofIssuer);
      }
      return found;
    },

    async replaceOf(issuerId, wanted) {
      const ids = wanted.map(({ clientId }) => clientId);
      await clients().where({ issuer_id: issuerId }).whereNotIn('client_id', ids).del();
      for (const [position, client] of wanted.entries()) {
        const columns = toColumns(client, position);
        const noSecret = needsSecret(client)
          ? {}
          : { sealed_secret: null, sealed_former_secret: null, secret_changed_at: null };
        await sql('clients')
          .insert({ issuer_id: issuerId, ...columns })
          .onConflict(['issuer_id', 'client_id'])
          .merge({ ...columns, ...noSecret });
      }
    },

    async setSecret({ issuerId, clientId }, secret, now) {
      const where = { issuer_id: issuerId, client_id: clientId };
      const row = await clients().where(where).forUpdate().first();
      if (!row) throw new Error(`no client ${clientId} to give a secret to`);
      const former = secretsOf(row)?.secret;
      const changes = {
        sealed_secret: secretBox.seal(secret, sealedAt(row.id, 'sealed_secret')),
        secret_changed_at: now,
        sealed_former_secret:
          former === undefined
            ? null
            : secretBox.seal(former, sealedAt(row.id, 'sealed_former_secret')),
      };
      expectRows(1, await clients().where({ id: row.id }).update(changes));
    },
  };
}

function fromRow(row: ClientRow): Client {
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

function toColumns(client: Client, position: number) {
  return {
    position,
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
