/**
 * Looks at everything a meeting's sign-in stands on, from the ground up. What cannot be looked at
 * because something below it is broken is left out.
 *
 * @module
 */
import type { Config } from '../../config/config.ts';
import { ConfigError, loadConfig } from '../../config/load.ts';
import { masterKeys } from '../../config/secret.ts';
import { createSecretBox, type SecretBox } from '../../crypto/secret-box.ts';
import { createOutgoing } from '../../http/outgoing.ts';
import { checkSecretCanary } from '../../operations/secret-canary.ts';
import { isSetupOpen } from '../../operations/setup.ts';
import type { Database } from '../../stores/database/database.ts';
import { pendingMigrations } from '../../stores/database/migrate.ts';
import { openDatabase } from '../../stores/database/open.ts';
import { probeDatabase } from '../../stores/database/probe.ts';
import { createStores, type Stores } from '../../stores/index.ts';
import { databaseSettings } from '../database-settings.ts';
import { systemClock } from '../foundation.ts';
import { bad, type Finding, good, worry } from './finding.ts';
import { examineIssuers } from './issuers.ts';
import { examinePublicUrl } from './public-url.ts';
import { examineUpstreams } from './upstreams.ts';

type Variables = Readonly<Record<string, string | undefined>>;

const MOST_SKEW_SECONDS = 5;

export async function examine(variables: Variables): Promise<Finding[]> {
  const findings: Finding[] = [];
  const config = readSettings(variables, findings);
  const secretBox = config && (await readSecret(config, findings));
  const database = config && secretBox && (await open(config, findings));
  if (!database) return findings;
  try {
    const stores = createStores(database, secretBox);
    const isReady = await examineDatabase(database, findings);
    if (isReady && (await examineSecret(stores, secretBox, findings)))
      findings.push(...(await examineService(config, stores)));
  } finally {
    await database.close();
  }
  return findings;
}

async function examineService(config: Config, stores: Stores): Promise<Finding[]> {
  const stored = await stores.settings.find('public_url');
  const fallback = typeof stored === 'string' ? stored : `http://localhost:${config.port}`;
  const publicUrl = config.publicUrl ?? new URL(fallback);
  const { allowLoopback } = config;
  const outgoing = createOutgoing({ publicUrl: () => publicUrl, allowLoopback });
  const administrators = (await isSetupOpen(stores))
    ? worry(
        'people',
        'Nobody administers this Roomkey yet.',
        'Open the link of: roomkey setup-link',
      )
    : good('people', 'There is an administrator.');
  return [
    administrators,
    ...examinePublicUrl(publicUrl, config),
    ...(await examineIssuers(stores, { publicUrl, outgoing })),
    ...(await examineUpstreams({ stores, clock: systemClock, outgoing, allowLoopback })),
  ];
}

function readSettings(variables: Variables, findings: Finding[]): Config | undefined {
  try {
    const config = loadConfig(variables);
    findings.push(good('settings', 'The settings of the environment are right.'));
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems)
      findings.push(bad('settings', problem, 'docs/configuration.md says what each one means.'));
    return undefined;
  }
}

async function readSecret(config: Config, findings: Finding[]): Promise<SecretBox | undefined> {
  try {
    return createSecretBox(await masterKeys(config));
  } catch (error) {
    const todo = `Make ${config.dataDir} and what is in it readable for this user, or set DATA_DIR.`;
    findings.push(bad('secret', messageOf(error), todo));
    return undefined;
  }
}

async function open(config: Config, findings: Finding[]): Promise<Database | undefined> {
  try {
    const database = await openDatabase(databaseSettings(config, 'command'));
    const { version, now } = await probeDatabase(database.knex);
    const where = config.databaseUrl === undefined ? `embedded in ${config.dataDir}` : 'of its own';
    findings.push(good('database', `Postgres ${version}, ${where}.`), examineClock(now));
    return database;
  } catch (error) {
    const todo =
      config.databaseUrl === undefined
        ? `Look whether another process uses ${config.dataDir}, and whether the disk is full.`
        : 'Look at DATABASE_URL, and whether Postgres runs and lets this user in.';
    findings.push(bad('database', `The database does not answer: ${messageOf(error)}`, todo));
    return undefined;
  }
}

function examineClock(theirs: Date): Finding {
  const seconds = Math.round((theirs.getTime() - systemClock.now().getTime()) / 1000);
  if (Math.abs(seconds) <= MOST_SKEW_SECONDS)
    return good('clock', 'The clock agrees with that of the database.');
  return worry(
    'clock',
    `The clock differs from that of the database by ${seconds} seconds.`,
    'Let both machines, and that of Prosody, follow NTP: tokens live for minutes.',
  );
}

async function examineDatabase(database: Database, findings: Finding[]): Promise<boolean> {
  const pending = await pendingMigrations(database.knex);
  findings.push(
    pending.length === 0
      ? good('migrations', 'The database has the newest schema.')
      : bad('migrations', `${pending.length} migrations are missing.`, 'Run: roomkey migrate'),
  );
  return pending.length === 0;
}

async function examineSecret(
  stores: Stores,
  secretBox: SecretBox,
  findings: Finding[],
): Promise<boolean> {
  try {
    await checkSecretCanary({ stores, secretBox, clock: systemClock });
    const count = await stores.sealedSecrets.openAll();
    findings.push(good('secret', `The secret opens all ${count} keys and secrets.`));
    return true;
  } catch (error) {
    findings.push(
      bad('secret', messageOf(error), 'Bring back the ROOMKEY_SECRET this database began with.'),
    );
    return false;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
