import type { Sql } from './rows.ts';

/** Links with which people set their own password; of each person the newest one alone. */
export interface PasswordLinkStore {
  /** Replaces any earlier link of the person. */
  replace(link: PasswordLink): Promise<void>;
  /** Whose it is, while it is alive. Consumes nothing. */
  findOwner(tokenHash: Buffer, now: Date): Promise<string | undefined>;
  /** Whose it was: for exactly one caller, whatever the race. */
  consume(tokenHash: Buffer, now: Date): Promise<string | undefined>;
  /** Until when the person's link is alive. */
  findExpiry(userId: string, now: Date): Promise<Date | undefined>;
  revokeOf(userId: string): Promise<void>;
  /** Removes a batch of what expired; says how many. */
  sweep(now: Date, batch: number): Promise<number>;
}

export interface PasswordLink {
  readonly tokenHash: Buffer;
  readonly userId: string;
  readonly now: Date;
  readonly expiresAt: Date;
}

interface PasswordLinkRow {
  token_hash: Buffer;
  user_id: string;
  created_at: Date;
  expires_at: Date;
}

export function createPasswordLinkStore(sql: Sql): PasswordLinkStore {
  const links = () => sql<PasswordLinkRow>('password_links');
  const alive = (now: Date) => links().where('expires_at', '>', now);
  return {
    async replace({ tokenHash, userId, now, expiresAt }) {
      await links().where({ user_id: userId }).del();
      const times = { created_at: now, expires_at: expiresAt };
      await links().insert({ token_hash: tokenHash, user_id: userId, ...times });
    },
    async findOwner(tokenHash, now) {
      const found = await alive(now).where({ token_hash: tokenHash }).first('user_id');
      return found?.user_id;
    },
    async consume(tokenHash, now) {
      const [gone] = await alive(now).where({ token_hash: tokenHash }).del().returning('user_id');
      return gone?.user_id;
    },
    async findExpiry(userId, now) {
      const found = await alive(now).where({ user_id: userId }).first('expires_at');
      return found?.expires_at;
    },
    async revokeOf(userId) {
      await links().where({ user_id: userId }).del();
    },
    async sweep(now, batch) {
      const { rowCount } = await sql.raw<{ rowCount: number }>(
        `delete from password_links where token_hash in (
           select token_hash from password_links where expires_at <= ? limit ?
           for update skip locked)`,
        [now, batch],
      );
      return rowCount;
    },
  };
}
