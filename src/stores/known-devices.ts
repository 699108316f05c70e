/**
 * Browsers that signed in before, by the SHA-256 of their cookie. One browser may know several
 * people.
 *
 * @module
 */
import type { Sql } from './rows.ts';

export interface KnownDeviceStore {
  /** Asks the database for nobody too: the answer takes as long. */
  knows(tokenHash: Buffer, userId: string | undefined): Promise<boolean>;
  /** The browser's old cookie stops counting; all its people move to the new one. */
  remember(device: RememberedDevice, now: Date): Promise<void>;
  forgetUser(userId: string): Promise<void>;
  /** Removes a batch of those not seen since; says how many. */
  sweep(before: Date, batch: number): Promise<number>;
}

export interface RememberedDevice {
  readonly tokenHash: Buffer;
  readonly previousTokenHash: Buffer | undefined;
  readonly userId: string;
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

export function createKnownDeviceStore(sql: Sql): KnownDeviceStore {
  const devices = () => sql('known_devices');
  return {
    async knows(tokenHash, userId) {
      const row = await devices()
        .where({ token_hash: tokenHash, user_id: userId ?? NOBODY })
        .first('user_id');
      return row !== undefined;
    },

    async remember({ tokenHash, previousTokenHash, userId }, now) {
      if (previousTokenHash)
        await devices().where({ token_hash: previousTokenHash }).update({ token_hash: tokenHash });
      await devices()
        .insert({ token_hash: tokenHash, user_id: userId, last_seen_at: now })
        .onConflict(['token_hash', 'user_id'])
        .merge(['last_seen_at']);
    },

    async forgetUser(userId) {
      await devices().where({ user_id: userId }).del();
    },

    async sweep(before, batch) {
      const { rowCount } = await sql.raw<{ rowCount: number }>(
        `delete from known_devices where (token_hash, user_id) in (
           select token_hash, user_id from known_devices where last_seen_at < ?
           order by last_seen_at limit ? for update skip locked)`,
        [before, batch],
      );
      return rowCount;
    },
  };
}
