import type { Sql } from './rows.ts';

/** The operator's one-time link to the setup page; at most one is alive. */
export interface SetupLinkStore {
  /** Replaces any earlier link. */
  replace(link: { tokenHash: Buffer; now: Date; expiresAt: Date }): Promise<void>;
  isAlive(tokenHash: Buffer, now: Date): Promise<boolean>;
  /** True for exactly one caller, whatever the race. */
  consume(tokenHash: Buffer, now: Date): Promise<boolean>;
}

interface SetupLinkRow {
  token_hash: Buffer;
  created_at: Date;
  expires_at: Date;
}

export function createSetupLinkStore(sql: Sql): SetupLinkStore {
  const links = () => sql<SetupLinkRow>('setup_links');
  return {
    async replace({ tokenHash, now, expiresAt }) {
      await links().whereNot({ token_hash: tokenHash }).del();
      await links().insert({ token_hash: tokenHash, created_at: now, expires_at: expiresAt });
    },
    async isAlive(tokenHash, now) {
      const found = await links()
        .where({ token_hash: tokenHash })
        .where('expires_at', '>', now)
        .first('created_at');
      return found !== undefined;
    },
    async consume(tokenHash, now) {
      const gone = await links()
        .where({ token_hash: tokenHash })
        .where('expires_at', '>', now)
        .del();
      return gone === 1;
    },
  };
}
