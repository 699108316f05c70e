/**
 * Opens the database this process was told to use.
 *
 * @module
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { connectDatabase, type Database } from './database.ts';
import { embeddedDatabase, openEngine } from './embedded.ts';

export type { Database } from './database.ts';

export interface PostgresSettings {
  /** `postgres://user:password@host:port/name`, with libpq's parameters. */
  readonly url: string;
  readonly poolMax: number;
}

export interface EmbeddedSettings {
  /** Made with mode 0700 when it does not exist; the database is its folder `db`. */
  readonly dataDir: string;
  /** Every how many milliseconds to vacuum and checkpoint. */
  readonly upkeepMs?: number;
  /** Told of what goes wrong in the background. */
  readonly onError?: (error: unknown) => void;
}

export type DatabaseSettings = PostgresSettings | EmbeddedSettings;

/** Postgres is not asked before the first query: it may be away, and come. */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  if ('url' in settings) return openPostgres(settings);

  const dataDir = resolve(settings.dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  return embeddedDatabase(await openEngine(join(dataDir, 'db')), settings);
}

function openPostgres({ url, poolMax }: PostgresSettings): Database {
  return connectDatabase({
    kind: 'postgres',
    connection: { connectionString: url, keepAlive: true, application_name: 'roomkey' },
    poolMax,
  });
}
