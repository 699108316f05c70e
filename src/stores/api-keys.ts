/**
 * Keys of machines. The token is kept as its SHA-256 only.
 *
 * @module
 */
import type { ApiKey } from '../domain/api-key.ts';
import type { Permission, UserRole } from '../domain/permissions.ts';
import { byName, byTime, type Listed, type Listing, type ListQuery, listRows } from './listing.ts';
import type { Sql } from './rows.ts';

export interface ApiKeyStore {
  add(key: ApiKey, tokenHash: Buffer): Promise<void>;
  /** Nothing for revoked and expired keys, nor for keys of people who are disabled. */
  findAlive(tokenHash: Buffer, now: Date): Promise<LiveApiKey | undefined>;
  /** Writes the use down, unless another call of the same minute did. */
  touch(id: string, now: Date): Promise<void>;
  findById(id: string): Promise<ListedApiKey | undefined>;
  /** Newest first unless asked otherwise; those that ended too. Words begin those of the key's name, or of its maker's. */
  list(query: ListQuery<ApiKeySort>): Promise<Listed<ListedApiKey>>;
  /** True when it was there, and not revoked before. */
  revoke(id: string, now: Date): Promise<boolean>;
}

export const API_KEY_SORTS = ['created', 'name'] as const;
export type ApiKeySort = (typeof API_KEY_SORTS)[number];

export interface ListedApiKey {
  readonly key: ApiKey;
  readonly maker: LiveApiKey['maker'];
}

export interface LiveApiKey {
  readonly key: ApiKey;
  readonly maker: {
    readonly username: string;
    readonly role: UserRole | undefined;
    /** Then the key does not work, until they are enabled again. */
    readonly disabled: boolean;
  };
  /** Of what processes hold in memory. */
  readonly catalogVersion: string;
}

interface ApiKeyRow {
  id: string;
  name: string;
  scopes: Permission[];
  created_by: string;
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

type ListedRow = ApiKeyRow & { username: string; role: UserRole | null; disabled: boolean };
type LiveRow = ListedRow & { catalog_version: string };

const COLUMNS = `k.id, k.name, k.scopes, k.created_by, k.created_at, k.expires_at, k.last_used_at,
  k.revoked_at, u.username, u.role, u.disabled_at is not null as disabled`;

const FIND_ALIVE = `
  select ${COLUMNS}, (select version::text from catalog_version) as catalog_version
  from api_keys k join users u on u.id = k.created_by
  where k.token_hash = ? and k.revoked_at is null and u.disabled_at is null
    and (k.expires_at is null or k.expires_at > ?)`;

const KEYS: Listing<ApiKeySort> = {
  columns: COLUMNS,
  from: 'api_keys k join users u on u.id = k.created_by',
  id: { sql: 'k.id', type: 'uuid' },
  text: `lower(k.name || ' ' || u.username)`,
  finds: 'beginnings',
  orders: { created: byTime('k.created_at'), name: byName('lower(k.name)') },
};

/** @param prepared Whether the server keeps named statements apart by connection. */
export function createApiKeyStore(sql: Sql, { prepared }: { prepared: boolean }): ApiKeyStore {
  return {
    async add(key, tokenHash) {
      await sql('api_keys').insert({
        id: key.id,
        name: key.name,
        token_hash: tokenHash,
        scopes: key.scopes,
        created_by: key.createdBy,
        created_at: key.createdAt,
        expires_at: key.expiresAt ?? null,
        last_used_at: null,
        revoked_at: null,
      });
    },

    async findAlive(tokenHash, now) {
      const query = sql.raw<{ rows: LiveRow[] }>(FIND_ALIVE, [tokenHash, now] as never);
      const [row] = (await query.options(prepared ? { name: 'find_api_key' } : {})).rows;
      return row && { ...listedFromRow(row), catalogVersion: row.catalog_version };
    },

    async touch(id, now) {
      await sql.raw(
        `update api_keys set last_used_at = :now where id = :id
         and (last_used_at is null or last_used_at <= cast(:now as timestamptz) - interval '1 minute')`,
        { id, now },
      );
    },

    async findById(id) {
      const { rows } = await sql.raw<{ rows: ListedRow[] }>(
        `select ${COLUMNS} from api_keys k join users u on u.id = k.created_by where k.id = ?`,
        [id],
      );
      return rows[0] && listedFromRow(rows[0]);
    },

    async list({ sort = 'created', ...query }) {
      const found = await listRows<ListedRow, ApiKeySort>(sql, KEYS, { ...query, sort });
      return { ...found, items: found.items.map(listedFromRow) };
    },

    async revoke(id, now) {
      const alive = sql('api_keys').where({ id, revoked_at: null });
      return (await alive.update({ revoked_at: now })) === 1;
    },
  };
}

function listedFromRow(row: ListedRow): ListedApiKey {
  const { username, role, disabled } = row;
  return { key: apiKeyFromRow(row), maker: { username, role: role ?? undefined, disabled } };
}

function apiKeyFromRow(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    scopes: row.scopes,
    createdBy: row.created_by,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    lastUsedAt: row.last_used_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
  };
}
