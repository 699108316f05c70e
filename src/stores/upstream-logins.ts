import { z } from 'zod';
import type { SecretBox } from '../crypto/secret-box.ts';
import {
  LOGINS_PER_BROWSER,
  LOGINS_PER_NETWORK,
  type LoginPurpose,
  type UpstreamLogin,
} from '../domain/upstreams/upstream-login.ts';
import type { Sql } from './rows.ts';

export interface NewUpstreamLogin extends UpstreamLogin {
  /** SHA-256, base64url, of the state. */
  readonly id: string;
  readonly browserHash: Buffer;
  /** As `addressBucket` names it. */
  readonly network: string;
}

export interface UpstreamLoginStore {
  /** Of one browser, and of one network, the oldest make way. */
  add(login: NewUpstreamLogin): Promise<void>;
  /** For exactly one caller, whatever the race; for another browser never, and it stays. */
  take(id: string, browserHash: Buffer, now: Date): Promise<UpstreamLogin | undefined>;
  /** Removes a batch of what has expired; says how many. */
  sweep(now: Date, batch: number): Promise<number>;
}

interface UpstreamLoginRow {
  id: string;
  browser_hash: Buffer;
  upstream_id: string;
  purpose: LoginPurpose;
  user_id: string | null;
  return_to: string;
  fresh: boolean;
  sealed_secrets: Buffer;
  created_at: Date;
  expires_at: Date;
}

const ADD = `
  with of_browser as (
    delete from upstream_logins where id in (
      select id from upstream_logins where browser_hash = ?
      order by created_at desc, id offset ?)
  ), of_network as (
    delete from upstream_logins where id in (
      select id from upstream_logins where network = ?
      order by created_at desc, id offset ?)
  )
  insert into upstream_logins (id, upstream_id, browser_hash, network, purpose, user_id, return_to,
    fresh, sealed_secrets, created_at, expires_at)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const secretsSchema = z.object({ nonce: z.string(), verifier: z.string() });

export function createUpstreamLoginStore(sql: Sql, secretBox: SecretBox): UpstreamLoginStore {
  const place = (id: string) => ({ table: 'upstream_logins', column: 'sealed_secrets', id });

  return {
    async add({ nonce, verifier, ...login }) {
      const { id, browserHash, network } = login;
      const sealed = secretBox.seal(JSON.stringify({ nonce, verifier }), place(id));
      await sql.raw(ADD, [
        browserHash,
        LOGINS_PER_BROWSER - 1,
        network,
        LOGINS_PER_NETWORK - 1,
        id,
        login.upstreamId,
        browserHash,
        network,
        login.purpose,
        login.userId ?? null,
        login.returnTo,
        login.fresh,
        sealed,
        login.createdAt,
        login.expiresAt,
      ] as never);
    },

    async take(id, browserHash, now) {
      const [row] = await sql<UpstreamLoginRow>('upstream_logins')
        .where({ id, browser_hash: browserHash })
        .where('expires_at', '>', now)
        .del()
        .returning('*');
      if (!row) return undefined;
      const opened = secretBox.open(row.sealed_secrets, place(id));
      return {
        ...secretsSchema.parse(JSON.parse(opened)),
        upstreamId: row.upstream_id,
        purpose: row.purpose,
        userId: row.user_id ?? undefined,
        returnTo: row.return_to,
        fresh: row.fresh,
        createdAt: row.created_at,
        expiresAt: row.expires_at,
      };
    },

    async sweep(now, batch) {
      const { rowCount } = await sql.raw<{ rowCount: number }>(
        `delete from upstream_logins where id in (
           select id from upstream_logins where expires_at <= ? limit ? for update skip locked)`,
        [now, batch],
      );
      return rowCount;
    },
  };
}
