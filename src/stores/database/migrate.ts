/**
 * Brings a database to the newest schema.
 *
 * All pending migrations run in one transaction that first takes an advisory lock: processes
 * that start together wait for each other, and a failed or killed migration leaves nothing
 * behind. On the embedded database the transaction itself keeps everybody else out.
 *
 * @module
 */
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Knex } from 'knex';

/** The same distance from `src/stores/database/` and `dist/stores/database/`. */
const MIGRATIONS = new URL('../../../migrations/', import.meta.url);

/** Chosen once, for ever: every Roomkey that migrates this database must ask for this lock. */
const ADVISORY_LOCK = 727_001;

/**
 * Runs what is pending.
 *
 * @param folder of migrations, as a `file:` URL with a slash at its end.
 * @returns the names of the migrations it ran.
 */
export async function migrate(knex: Knex, folder: URL = MIGRATIONS): Promise<readonly string[]> {
  const config = { migrationSource: filesOf(folder) };
  return knex.transaction(async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?)', [ADVISORY_LOCK]);
    // Whoever holds our lock is alone: a lock that knex finds in its own table is a stale one.
    await trx.migrate.forceFreeMigrationsLock(config);
    const [, names]: [number, string[]] = await trx.migrate.latest(config);
    return names;
  });
}

/** Names of the migrations that this database has not seen. Changes nothing. */
export async function pendingMigrations(
  knex: Knex,
  folder: URL = MIGRATIONS,
): Promise<readonly string[]> {
  const wanted = await filesOf(folder).getMigrations();
  const { rows } = await knex.raw<{ rows: { exists: boolean }[] }>(
    "select to_regclass('knex_migrations') is not null as exists",
  );
  if (!rows[0]?.exists) return wanted;
  const applied = new Set<string>(await knex('knex_migrations').pluck('name'));
  return wanted.filter((name) => !applied.has(name));
}

/** knex's own reader looks for a package.json in the working directory; ours does not care. */
function filesOf(folder: URL) {
  return {
    async getMigrations(): Promise<string[]> {
      const files = await readdir(fileURLToPath(folder));
      return files.filter((file) => file.endsWith('.js')).sort();
    },
    getMigrationName: (name: string): string => name,
    getMigration: (name: string): Promise<Knex.Migration> =>
      import(/* @vite-ignore */ new URL(name, folder).href),
  };
}
