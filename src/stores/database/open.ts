/**
 * Opens the database this process was told to use.
 *
 * @module
 */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { connectDatabase, type Database } from './database.ts';
import { embeddedDatabase, openEngine } from './embedded.ts';
import { FolderInUse, lockFolder } from './folder-lock.ts';
import { createHub } from './hub.ts';
import { knockAtDoor, openDoor } from './socket-door.ts';

export type { Database } from './database.ts';

export interface PostgresSettings {
  /** `postgres://user:password@host:port/name`, with libpq's parameters. */
  readonly url: string;
  readonly poolMax: number;
}

export interface EmbeddedSettings {
  /** Made with mode 0700 when it does not exist; the database is its folder `db`. */
  readonly dataDir: string;
  /**
   * A server owns the folder, and lets commands in by its socket. A command goes through that
   * socket; when no server runs it owns the folder itself for as long as it takes.
   */
  readonly role: 'server' | 'command';
  /** Every how many milliseconds to vacuum and checkpoint. */
  readonly upkeepMs?: number;
  /** Told of what goes wrong in the background. */
  readonly onError?: (error: unknown) => void;
}

export type DatabaseSettings = PostgresSettings | EmbeddedSettings;

/** How often, every 100 ms, a command tries again: a server may be starting, or another command busy. */
const COMMAND_TRIES = 100;

/**
 * Postgres is not asked before the first query: it may be away, and come.
 *
 * @throws FolderInUse when another process has the data folder open.
 */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  if ('url' in settings) return openPostgres(settings);

  const dataDir = resolve(settings.dataDir);
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if (settings.role === 'server') return openFolder(dataDir, settings);
  return openForCommand(dataDir, settings);
}

function openPostgres({ url, poolMax }: PostgresSettings): Database {
  return connectDatabase({
    kind: 'postgres',
    connection: { connectionString: url, keepAlive: true, application_name: 'roomkey' },
    poolMax,
  });
}

async function openFolder(dataDir: string, settings: EmbeddedSettings): Promise<Database> {
  const undo = [await lockFolder(dataDir)];
  const release = async (): Promise<void> => {
    for (const step of undo.toReversed()) await step();
  };
  try {
    const engine = await openEngine(join(dataDir, 'db'));
    undo.push(() => engine.close());
    const hub = createHub(engine);
    if (settings.role === 'server') undo.push(await openDoor(dataDir, hub));
    return embeddedDatabase(hub, { ...settings, release });
  } catch (error) {
    await release();
    throw error;
  }
}

async function openForCommand(dataDir: string, settings: EmbeddedSettings): Promise<Database> {
  for (let tries = 1; ; tries++) {
    const served = await knockAtDoor(dataDir);
    if (served) return served;
    try {
      return await openFolder(dataDir, settings);
    } catch (error) {
      if (!(error instanceof FolderInUse) || tries === COMMAND_TRIES) throw error;
    }
    await setTimeout(100);
  }
}
