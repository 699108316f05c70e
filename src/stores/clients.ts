/**
 * Clients of issuers. Secrets are sealed, and only `listSecrets` opens them.
 *
 * @module
 */
import { z } from 'zod';
import type { SecretBox } from '../crypto/secret-box.ts';
import { type Client, FORMER_SECRET_SECONDS, needsSecret } from '../domain/client.ts';
import { clientFromRow, type ClientRow, clientToColumns } from './client-row.ts';
import {
  byName,
  byPosition,
  type Listed,
  type Listing,
  type ListQuery,
  listRows,
} from './listing.ts';
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

/** `position`: as the configuration file has them, new ones last. */
export const CLIENT_SORTS = ['position', 'name'] as const;
export type ClientSort = (typeof CLIENT_SORTS)[number];

export interface ClientQuery extends ListQuery<ClientSort> {
  readonly issuerId: string;
}

export interface ClientStore {
  /** Those of each issuer that has one, in order. */
  listByIssuer(issuerIds: readonly string[]): Promise<ReadonlyMap<string, Client[]>>;
  /** Those with all words in their id, name or addresses. */
  search(query: ClientQuery): Promise<Listed<ListedClient>>;
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

const CLIENTS: Listing<ClientSort> = {
  columns: '*',
  from: 'clients',
  id: { sql: 'client_id', type: 'text' },
  text: `lower(concat_ws(' ', client_id, name, array_to_string(redirect_uris, ' ')))`,
  finds: 'parts',
  orders: {
    position: byPosition('position'),
    name: {
      ...byName('lower(name)'),
      cursor: z.tuple([z.string().max(1000), z.string().max(1000)]),
    },
  },
};

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

    async search({ issuerId, sort = 'position', ...query }) {
      const within = { sql: 'issuer_id = ?', bindings: [issuerId] };
      const found = await listRows<ClientRow, ClientSort>(sql, CLIENTS, { ...query, sort }, within);
      const items = found.items.map((row) => ({
        client: clientFromRow(row),
        standing: toStanding(row),
      }));
      return { ...found, items };
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
