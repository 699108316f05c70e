/**
 * Clients of issuers. Secrets are sealed, and only `listSecrets` opens them.
 *
 * @module
 */
import { z } from 'zod';
import type { SecretBox } from '../crypto/secret-box.ts';
import { type Client, FORMER_SECRET_SECONDS, needsSecret } from '../domain/client.ts';
import { clientFromRow, type ClientRow, clientToColumns } from './client-row.ts';
import { type BoundedCount, boundedCount, type Page, pageOf, readCursor } from './page.ts';
import { expectRows, type Sql } from './rows.ts';

/** In clear. */
export interface ClientSecrets {
  readonly secret: string;
  /** Good until then. */
  readonly former: { readonly secret: string; readonly until: Date } | undefined;
}

/** What is true of a client beside what is declared. */
export interface ClientStanding {
  /** Of its row: a UUID. */
  readonly id: string;
  /** When its secret was last given; absent without one. */
  readonly secretChangedAt: Date | undefined;
  /** Until when the secret before is good; absent without one. */
  readonly formerSecretEndsAt: Date | undefined;
}

export interface ListedClient {
  readonly client: Client;
  readonly standing: ClientStanding;
}

export interface ClientQuery {
  readonly issuerId: string;
  /** Words, each of which is in the client's id, name or addresses. */
  readonly q: string;
  /** Where the page before ended. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface ClientStore {
  /** Those of each issuer that has one, in order. */
  listByIssuer(issuerIds: readonly string[]): Promise<ReadonlyMap<string, Client[]>>;
  /** In order. */
  search(query: ClientQuery): Promise<Page<ListedClient> & { readonly total: BoundedCount }>;
  /** Issuer id → client id → its secrets. */
  listSecrets(): Promise<ReadonlyMap<string, ReadonlyMap<string, ClientSecrets>>>;
  /** Replaces all of an issuer's; who stays keeps the secret, unless it needs none any more. */
  replaceOf(issuerId: string, clients: readonly Client[]): Promise<void>;
  /** Makes one, last in order, or changes the one there is; a secret it needs no more is forgotten. */
  put(issuerId: string, client: Client): Promise<void>;
  findStanding(place: ClientPlace): Promise<ClientStanding | undefined>;
  /** The one it had is good until then: a day, unless it is said. */
  setSecret(place: ClientPlace, secret: string, now: Date, formerEndsAt?: Date): Promise<void>;
  /** Forgets the secret before. */
  endFormerSecret(place: ClientPlace): Promise<void>;
}

export interface ClientPlace {
  readonly issuerId: string;
  readonly clientId: string;
}

const NO_SECRET = {
  sealed_secret: null,
  secret_changed_at: null,
  sealed_former_secret: null,
  former_secret_ends_at: null,
};

const toWhere = ({ issuerId, clientId }: ClientPlace) => ({
  issuer_id: issuerId,
  client_id: clientId,
});

const HOLDS =
  "strpos(lower(concat_ws(' ', client_id, name, array_to_string(redirect_uris, ' '))), ?) > 0";

const pageKey = z.tuple([
  z.coerce
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1),
  z.string(),
]);

const sealedAt = (id: string, column: 'sealed_secret' | 'sealed_former_secret') => ({
  table: 'clients',
  column,
  id,
});

export function createClientStore(sql: Sql, secretBox: SecretBox): ClientStore {
  const clients = () => sql<ClientRow>('clients');

  const secretsOf = (row: ClientRow): ClientSecrets | undefined => {
    if (!row.sealed_secret) return undefined;
    const { sealed_former_secret: former, former_secret_ends_at: until } = row;
    return {
      secret: secretBox.open(row.sealed_secret, sealedAt(row.id, 'sealed_secret')),
      former:
        former && until
          ? { secret: secretBox.open(former, sealedAt(row.id, 'sealed_former_secret')), until }
          : undefined,
    };
  };

  const write = async (issuerId: string, client: Client, position: number) => {
    const columns = clientToColumns(client);
    await sql('clients')
      .insert({ issuer_id: issuerId, position, ...columns })
      .onConflict(['issuer_id', 'client_id'])
      .merge({ position, ...columns, ...(needsSecret(client) ? {} : NO_SECRET) });
  };

  return {
    async listByIssuer(issuerIds) {
      const rows = await clients()
        .whereIn('issuer_id', issuerIds)
        .orderBy(['position', 'client_id']);
      const found = new Map<string, Client[]>();
      for (const row of rows)
        found.set(row.issuer_id, [...(found.get(row.issuer_id) ?? []), clientFromRow(row)]);
      return found;
    },

    async search({ issuerId, q, after, limit }) {
      const found = () => {
        const query = clients().where({ issuer_id: issuerId });
        for (const word of q.toLowerCase().split(/\s+/).filter(Boolean))
          void query.whereRaw(HOLDS, [word]);
        return query;
      };
      const beyond = found();
      if (after !== undefined)
        void beyond.whereRaw('(position, client_id) > (?, ?)', readCursor(after, pageKey));
      const rows: ClientRow[] = await beyond.orderBy(['position', 'client_id']).limit(limit + 1);
      const counted = await found().count({ count: '*' }).first();
      const page = pageOf(rows, limit, (last) => [String(last.position), last.client_id]);
      return {
        items: page.items.map((row) => ({ client: clientFromRow(row), standing: toStanding(row) })),
        next: page.next,
        total: boundedCount(Number(counted?.count)),
      };
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
      for (const [position, client] of wanted.entries()) await write(issuerId, client, position);
    },

    async put(issuerId, client) {
      const rows = await clients().where({ issuer_id: issuerId }).select('client_id', 'position');
      const known = rows.find((row) => row.client_id === client.clientId);
      const last = Math.max(-1, ...rows.map(({ position }) => position));
      await write(issuerId, client, known?.position ?? last + 1);
    },

    async findStanding(place) {
      const row = await clients().where(toWhere(place)).first();
      return row && toStanding(row);
    },

    async setSecret(place, secret, now, formerEndsAt = inADay(now)) {
      const row = await clients().where(toWhere(place)).forUpdate().first();
      if (!row) throw new Error(`no client ${place.clientId} to give a secret to`);
      const former = formerEndsAt > now ? secretsOf(row)?.secret : undefined;
      const changes = {
        sealed_secret: secretBox.seal(secret, sealedAt(row.id, 'sealed_secret')),
        secret_changed_at: now,
        sealed_former_secret:
          former === undefined
            ? null
            : secretBox.seal(former, sealedAt(row.id, 'sealed_former_secret')),
        former_secret_ends_at: former === undefined ? null : formerEndsAt,
      };
      expectRows(1, await clients().where({ id: row.id }).update(changes));
    },

    async endFormerSecret(place) {
      const nothing = { sealed_former_secret: null, former_secret_ends_at: null };
      await clients().where(toWhere(place)).update(nothing);
    },
  };
}

function toStanding(row: ClientRow): ClientStanding {
  return {
    id: row.id,
    secretChangedAt: row.secret_changed_at ?? undefined,
    formerSecretEndsAt: row.former_secret_ends_at ?? undefined,
  };
}

const inADay = (now: Date) => new Date(now.getTime() + FORMER_SECRET_SECONDS * 1000);
