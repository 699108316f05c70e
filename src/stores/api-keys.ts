/**
 * Keys of machines. The token is kept as its SHA-256 only.
 *
 * @module
 */
import type { ApiKey } from '../domain/api-key.ts';
import type { Permission, UserRole } from '../domain/permissions.ts';
import type { Sql } from './rows.ts';

export interface ApiKeyStore {
  add(key: ApiKey, tokenHash: Buffer): Promise<void>;
  /** Nothing for revoked and expired keys, nor for keys of people who are disabled. */
  findAlive(tokenHash: Buffer, now: Date): Promise<LiveApiKey | undefined>;
}

export interface LiveApiKey {
  readonly key: ApiKey;
  readonly maker: { readonly username: string; readonly role: UserRole | undefined };
}

export interface ApiKeyRow {
  id: string;
  name: string;
  scopes: Permission[];
  created_by: string;
  created_at: Date;
  expires_at: Date | null;
  last_used_at: Date | null;
  revoked_at: Date | null;
}

const COLUMNS = `k.id, k.name, k.scopes, k.created_by, k.created_at, k.expires_at, k.last_used_at,
  k.revoked_at`;

export function createApiKeyStore(sql: Sql): ApiKeyStore {
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
      const { rows } = await sql.raw<{
        rows: (ApiKeyRow & { username: string; role: UserRole | null })[];
      }>(
        `select ${COLUMNS}, u.username, u.role from api_keys k join users u on u.id = k.created_by
         where k.token_hash = ? and k.revoked_at is null and u.disabled_at is null
           and (k.expires_at is null or k.expires_at > ?)`,
        [tokenHash, now],
      );
      const [row] = rows;
      return (
        row && {
          key: apiKeyFromRow(row),
          maker: { username: row.username, role: row.role ?? undefined },
        }
      );
    },
  };
}

export function apiKeyFromRow(row: ApiKeyRow): ApiKey {
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
