/**
 * What happens by itself: sweeps of what has expired, keys rotated and retired, the catalog kept fresh.
 *
 * Every process runs them; each is safe to run in several at once.
 *
 * @module
 */
import type { MakeRsaKey } from '../crypto/rsa-key.ts';
import type { Directory } from '../directory/directory.ts';
import type { Clock, Random } from '../domain/clock.ts';
import { KNOWN_DEVICE_SECONDS } from '../domain/session.ts';
import type { Log } from '../http/log.ts';
import type { Outgoing } from '../http/outgoing.ts';
import { readRetention } from '../domain/audit-retention.ts';
import type { IssuerCatalog } from '../operations/issuer-catalog.ts';
import { retireKeys } from '../operations/issuer-keys.ts';
import type { SendLink } from '../operations/people/link-mail.ts';
import { workOnImports } from '../operations/people/import/import-users.ts';
import { rotateDueKeys } from '../operations/rotate-due-keys.ts';
import { type TellClientsDeps, tellClients } from '../operations/tell-clients.ts';
import { syncDueUpstreams } from '../operations/upstreams/sync-due.ts';
import { workOnWantedSyncs } from '../operations/upstreams/wanted-sync.ts';
import { CATALOG_CHANNEL } from '../stores/catalog-version.ts';
import type { Database } from '../stores/database/database.ts';
import type { Stores } from '../stores/index.ts';

export interface JobDeps {
  readonly stores: Stores;
  readonly database: Pick<Database, 'listen'>;
  readonly catalog: IssuerCatalog;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly random: Random;
  readonly sendLink: SendLink;
  readonly makeKey: MakeRsaKey;
  readonly publicUrl: () => URL;
  readonly outgoing: Pick<Outgoing, 'postForm'>;
  readonly log: Log;
  /** Of the environment. */
  readonly fixedRetentionDays: number | undefined;
}

const MINUTE_MS = 60_000;
const CATALOG_POLL_MS = 5000;
const IMPORT_POLL_MS = 2000;
const SYNC_POLL_MS = 2000;
const AUDIT_INDEX_MS = 10_000;
const TELL_CLIENTS_MS = 2000;
const BATCH = 1000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** Gives a function that stops them all, and waits for what is under way. */
export function startJobs(deps: JobDeps): () => Promise<void> {
  let isEnding = false;
  const stops = [
    followCatalog(deps),
    every(CATALOG_POLL_MS, deps, 'catalog poll', () => deps.catalog.refresh()),
    every(MINUTE_MS, deps, 'rotate keys', () => rotateDueKeys(deps)),
    every(MINUTE_MS, deps, 'retire keys', () => retireKeys(deps)),
    every(IMPORT_POLL_MS, deps, 'imports', () => workOnImports(deps)),
    every(TELL_CLIENTS_MS, deps, 'back-channel logout', () => tellClients(toldBy(deps))),
    every(AUDIT_INDEX_MS, deps, 'audit index', () => deps.stores.auditEvents.settleIndex()),
    every(MINUTE_MS, deps, 'upstream syncs', () =>
      syncDueUpstreams(deps, { isEnding: () => isEnding }),
    ),
    every(SYNC_POLL_MS, deps, 'upstream syncs asked for', () =>
      workOnWantedSyncs(deps, { isEnding: () => isEnding }),
    ),
    every(5 * MINUTE_MS, deps, 'count hours', () =>
      deps.stores.auditHours.countHours(deps.clock.now()),
    ),
    every(5 * MINUTE_MS, deps, 'sweep', () => sweep(deps)),
  ];
  return async () => {
    isEnding = true;
    await Promise.all(stops.map((stop) => stop()));
  };
}

/** A client that cannot be told has its tokens refused at their next use all the same. */
function toldBy(deps: JobDeps): TellClientsDeps {
  const { outgoing, log } = deps;
  return {
    ...deps,
    postForm: async (address, form) => (await outgoing.postForm(address, form)).status,
    onFailure: (clientId, err) => log.warn({ clientId, err }, 'back-channel logout failed'),
  };
}

/** One round of everything that removes rows, each in batches so that no lock is held long. */
export async function sweep({
  stores,
  clock,
  catalog,
  fixedRetentionDays,
}: Omit<
  JobDeps,
  'log' | 'database' | 'directory' | 'makeKey' | 'outgoing' | 'publicUrl' | 'random' | 'sendLink'
>): Promise<void> {
  const now = clock.now();
  const { days } = readRetention(fixedRetentionDays, catalog.current().settings);
  const oldest = new Date(now.getTime() - days * DAY_MS);
  await inBatches(() => stores.sessions.sweep(now, BATCH));
  await inBatches(() => stores.oidcArtifacts.sweep(now, BATCH));
  await inBatches(() => stores.oidcLogins.sweep(now, BATCH));
  await inBatches(() => stores.loginCounters.sweep(now, BATCH));
  const lastSeen = new Date(now.getTime() - KNOWN_DEVICE_SECONDS * 1000);
  await inBatches(() => stores.knownDevices.sweep(lastSeen, BATCH));
  await stores.tokenStops.settleEnded(new Date(now.getTime() - DAY_MS));
  await inBatches(() => stores.auditEvents.sweep(oldest, BATCH));
  await inBatches(() => stores.bin.sweep(now, BATCH));
  await inBatches(() => stores.imports.sweep(now, BATCH));
  await inBatches(() => stores.passwordLinks.sweep(now, BATCH));
  await inBatches(() => stores.upstreamLogins.sweep(now, BATCH));
  await inBatches(() => stores.upstreamSyncs.sweep(oldest, BATCH));
  await inBatches(() => stores.upstreamTrials.sweep(now, BATCH));
}

async function inBatches(sweepOnce: () => Promise<number>): Promise<void> {
  while ((await sweepOnce()) === BATCH);
}

function followCatalog({ database, catalog, log }: JobDeps): () => Promise<void> {
  const refresh = () => {
    catalog.refresh().catch((err: unknown) => log.warn({ err }, 'catalog refresh failed'));
  };
  const listening = database.listen(CATALOG_CHANNEL, refresh).catch((err: unknown) => {
    log.warn({ err }, 'not listening for changes: the poll goes on');
    return async () => {};
  });
  return async () => (await listening)();
}

/** Rounds do not overlap; a failed one is logged, and the next comes in its time. */
function every(
  milliseconds: number,
  { log }: Pick<JobDeps, 'log'>,
  name: string,
  work: () => Promise<unknown>,
): () => Promise<void> {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= work()
      .then(() => undefined)
      .catch((err: unknown) => log.warn({ err, job: name }, 'job failed'))
      .finally(() => {
        running = undefined;
      });
  }, milliseconds);
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}
