/**
 * The embedded default: Postgres compiled to WebAssembly (PGlite), behind the same driver.
 *
 * Its durability: what was acknowledged survives `kill -9`, not a loss of power, because PGlite
 * never calls fsync. It has no background workers either, so vacuum and checkpoint are ours.
 *
 * @module
 */
import { chmod, mkdir } from 'node:fs/promises';
import type { Database } from './database.ts';
import { connectDatabase } from './database.ts';
import type { Engine, Hub } from './hub.ts';
import { hubStream } from './hub-stream.ts';

/** A server's defaults would take 128 MB of shared buffers and let the log grow to 1 GB. */
export const ENGINE_SETTINGS = [
  'shared_buffers = 16MB',
  'max_wal_size = 64MB',
  'min_wal_size = 32MB',
];

/** Connections of one process. They share one engine: more would only queue elsewhere. */
const POOL_MAX = 8;

export interface EmbeddedEngine extends Engine {
  close(): Promise<void>;
}

/** Opens the data folder `folder`, which must be ours alone; creates it when it is not there. */
export async function openEngine(folder: string): Promise<EmbeddedEngine> {
  // PGlite's files are open to everybody, and a data folder somebody made beforehand may be, too.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  // Imported when needed: on a real Postgres nobody pays for the WebAssembly.
  const { PGlite } = await import('@electric-sql/pglite');
  return PGlite.create(folder, { postgresqlconf: ENGINE_SETTINGS });
}

export interface EmbeddedOptions {
  /** Every how many milliseconds to vacuum and checkpoint. */
  readonly upkeepMs?: number;
  /** Told of a failed upkeep; the next one may succeed. */
  readonly onError?: (error: unknown) => void;
  /** Runs last, when the database is closed: ends the engine and what else its owner holds. */
  readonly release: () => Promise<void>;
}

/** A database on the engine behind `hub`. */
export function embeddedDatabase(hub: Hub, options: EmbeddedOptions): Database {
  const database = connectDatabase({
    kind: 'embedded',
    connection: { ...EMBEDDED_CONNECTION, stream: () => hubStream(hub) },
    poolMax: POOL_MAX,
    release: options.release,
  });
  const stopUpkeep = keepUp(database, options);

  return {
    ...database,
    close() {
      stopUpkeep();
      return database.close();
    },
  };
}

/** Who we are to the engine. Spelled out, so that no PG* variable of the environment counts. */
export const EMBEDDED_CONNECTION = {
  host: 'embedded',
  port: 5432,
  user: 'postgres',
  password: '',
  database: 'postgres',
  ssl: false,
} as const;

function keepUp(database: Database, options: EmbeddedOptions): () => void {
  const { upkeepMs = 10 * 60_000, onError } = options;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  schedule();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };

  function schedule(): void {
    if (stopped) return;
    timer = setTimeout(() => {
      void upkeep().finally(schedule);
    }, upkeepMs).unref();
  }

  async function upkeep(): Promise<void> {
    try {
      // Two statements of their own, in this order: the checkpoint lets go of what vacuum logged.
      await database.knex.raw('vacuum (analyze)');
      await database.knex.raw('checkpoint');
    } catch (error) {
      if (!stopped) onError?.(error);
    }
  }
}
