/**
 * What both the server and the commands stand on: the database, its secrets and the stores.
 *
 * @module
 */
import type { Config } from '../config/config.ts';
import { masterKeys } from '../config/secret.ts';
import { systemRandom } from '../crypto/random.ts';
import { createSecretBox, type SecretBox } from '../crypto/secret-box.ts';
import type { Clock, Random } from '../domain/clock.ts';
import { createLog } from '../http/log.ts';
import { checkSecretCanary } from '../operations/secret-canary.ts';
import type { Database } from '../stores/database/database.ts';
import { migrate } from '../stores/database/migrate.ts';
import { openDatabase } from '../stores/database/open.ts';
import { createStores, type Stores } from '../stores/index.ts';

export interface Foundation {
  readonly config: Config;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: ReturnType<typeof createLog>;
  readonly database: Database;
  readonly secretBox: SecretBox;
  readonly stores: Stores;
}

export const systemClock: Clock = { now: () => new Date() };

/**
 * Opens the database, brings it to the newest schema, and proves that the secret is its own.
 *
 * @param role A server owns the embedded database; a command reaches it through the server, or
 *   opens it itself when none runs.
 */
export async function layFoundation(
  config: Config,
  role: 'server' | 'command',
): Promise<Foundation> {
  const log = createLog(config.logLevel);
  const secretBox = createSecretBox(await masterKeys(config));
  const database = await openDatabase(
    config.databaseUrl === undefined
      ? { dataDir: config.dataDir, role, onError: (err) => log.error({ err }, 'database upkeep') }
      : { url: config.databaseUrl, poolMax: config.databasePoolMax },
  );
  const stores = createStores(database, secretBox);
  try {
    await migrate(database.knex);
    await checkSecretCanary({ stores, secretBox, clock: systemClock });
  } catch (error) {
    await database.close();
    throw error;
  }
  return { config, clock: systemClock, random: systemRandom, log, database, secretBox, stores };
}
