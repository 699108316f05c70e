/**
 * Keys of machines. The token is kept as its SHA-256 only.
 *
 * @module
 */
import type { ApiKey } from '../domain/api-key.ts';
import type { Permission, UserRole } from '../domain/permissions.ts';
import { type BoundedCount, COUNT_MAX, type Page, pageOf, readCursor, timeKey } from './page.ts';
import type { Sql } from './rows.ts';

export interface ApiKeyStore {
  add(key: ApiKey, tokenHash: Buffer): Promise<void>;
  /** Nothing for revoked and expired keys, nor for keys of people who are disabled. */
  findAlive(tokenHash: Buffer, now: Date): Promise<LiveApiKey | undefined>;
  /** Writes the use down, unless another call of the same minute did. */
  touch(id: string, now: Date): Promise<void>;
  findById(id: string): Promise<ListedApiKey | undefined>;
  /** Newest first; those that ended too. */
  list(page: ApiKeyPage): Promise<Page<ListedApiKey>>;
  count(filter: Pick<ApiKeyPage, 'q'>): Promise<BoundedCount>;
  /** True when it was there, and not revoked before. */
  revoke(id: string, now: Date): Promise<boolean>;
}

export interface ApiKeyPage {
  /** Words; each begins a word of the key's name, or of its maker's. */
  readonly q: string;
  readonly after: string | undefined;
  readonly limit: number;
}

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

/** There are tens of keys: they are looked through. */
const MATCHES = `not exists (
  select 1 from unnest(?::text[]) as word
  where position(' ' || word in ' ' || lower(k.name || ' ' || u.username)) = 0)`;

/** @param prepared Whether the server keeps named statements apart by connection. */
export function createApiKeyStore(sql: Sql, { prepared }: { prepared: boolean }): ApiKeyStore {
  const select = async (rest: string, bindings: readonly unknown[]) => {
    const { rows } = await sql.raw<{ rows: ListedRow[] }>(
      `select ${COLUMNS} from api_keys k join users u on u.id = k.created_by ${rest}`,
      [...bindings] as string[],
    );
    return rows;
  };

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
      const [row] = await select('where k.id = ?', [id]);
      return row && listedFromRow(row);
    },

    async list({ q, after, limit }) {
      const key = after === undefined ? [] : readCursor(after, timeKey);
      const beyond = key.length > 0 ? 'and (k.created_at, k.id) < (?::timestamptz, ?::uuid)' : '';
      const rows = await select(
        `where ${MATCHES} ${beyond} order by k.created_at desc, k.id desc limit ?`,
        [wordsOf(q), ...key, limit + 1],
      );
      const lastKey = ({ key: last }: ListedApiKey) => [last.createdAt.toISOString(), last.id];
      return pageOf(rows.map(listedFromRow), limit, lastKey);
    },

    async count({ q }) {
      const { rows } = await sql.raw<{ rows: { count: string }[] }>(
        `select count(*) from (select 1 from api_keys k join users u on u.id = k.created_by
         where ${MATCHES} limit ?) counted`,
        [wordsOf(q), COUNT_MAX + 1] as never,
      );
      const count = Number(rows[0]?.count ?? 0);
      return { count: Math.min(count, COUNT_MAX), more: count > COUNT_MAX };
    },

    async revoke(id, now) {
      const alive = sql('api_keys').where({ id, revoked_at: null });
      return (await alive.update({ revoked_at: now })) === 1;
    },
  };
}

function wordsOf(q: string): readonly string[] {
  return q.toLowerCase().split(/\s+/).filter(Boolean);
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
