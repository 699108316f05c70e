import type { Database } from '../stores/database/database.ts';
import { pendingMigrations } from '../stores/database/migrate.ts';

export interface Readiness {
  /** Why this process cannot serve now; `undefined` when it can. */
  notReady(): Promise<string | undefined>;
  /** From now on not ready: the process is on its way out. */
  drain(): void;
}

/** Migrations are looked at until none is missing; after that only whether the database answers. */
export function createReadiness({ knex }: Pick<Database, 'knex'>): Readiness {
  let draining = false;
  let migrated = false;

  return {
    drain() {
      draining = true;
    },
    async notReady() {
      if (draining) return 'shutting down';
      try {
        await knex.raw('select 1');
        migrated ||= (await pendingMigrations(knex)).length === 0;
      } catch {
        return 'database unavailable';
      }
      return migrated ? undefined : 'migrations pending';
    },
  };
}
