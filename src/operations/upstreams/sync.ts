/**
 * Brings everybody up to date with a directory: who is new there, who changed, and who is gone.
 *
 * @module
 */
import type { Directory, Reached } from '../../directory/directory.ts';
import type { Clock, Random } from '../../domain/clock.ts';
import { DomainError } from '../../domain/errors.ts';
import { DirectoryFailure } from '../../domain/upstreams/ldap/fault.ts';
import { isTooManyGone, type SyncShare, type UpstreamSync } from '../../domain/upstreams/sync.ts';
import type { Stores } from '../../stores/index.ts';
import type { Actor } from '../actor.ts';
import { compiledOf } from './admit.ts';
import { missingPeople, shutOutMissing } from './sync-missing.ts';
import { applyPeople, planPeople } from './sync-people.ts';
import { newTally, type Tally } from './sync-tally.ts';

export interface SyncDeps {
  readonly stores: Pick<Stores, 'auditEvents' | 'transaction' | 'upstreamSyncs' | 'users'>;
  readonly directory: Pick<Directory, 'listPeople' | 'stillThere'>;
  readonly clock: Clock;
  readonly random: Pick<Random, 'token' | 'uuid'>;
  readonly publicUrl: () => URL;
}

export interface SyncInput extends Reached {
  /** Tells what would happen, and changes nothing. */
  readonly trial: boolean;
  /** Shuts out however many are gone. */
  readonly force: boolean;
  readonly actor: Actor;
  readonly onProgress?: ((sync: UpstreamSync) => void) | undefined;
  /** Asked between people: the process wants to end. */
  readonly isEnding?: (() => boolean) | undefined;
  /** Interrupted, it waits for another process instead of having failed. */
  readonly mayWait?: boolean | undefined;
}

/** Without a sign of life for so long a run counts as left behind. */
const CLAIM_MS = 120_000;
/** People in one transaction. */
const BATCH = 50;

/**
 * Everybody who was read before a failure stays as written; nobody is shut out unless the directory
 * was read to its end.
 *
 * @throws {DomainError} `upstream_sync_running`, `upstream_not_found` when it is switched off.
 */
export async function syncUpstream(deps: SyncDeps, input: SyncInput): Promise<UpstreamSync> {
  const { upstream } = input;
  compiledOf(upstream);
  const begun = newSync(deps, { ...input, state: 'running' });
  if (!(await deps.stores.upstreamSyncs.begin(begun, claimFrom(begun.startedAt))))
    throw new DomainError('upstream_sync_running', { slug: upstream.slug });
  return runSync(deps, input, begun);
}

type Asked = Pick<SyncInput, 'upstream' | 'trial' | 'force' | 'actor'> & {
  /** What somebody confirmed. */
  readonly share?: SyncShare | undefined;
};

/** Of which nothing is done yet. */
export function newSync(
  { clock, random }: Pick<SyncDeps, 'clock' | 'random'>,
  { upstream, trial, force, actor, share, state }: Asked & Pick<UpstreamSync, 'state'>,
): UpstreamSync {
  return {
    id: random.uuid(),
    upstreamId: upstream.id,
    trial,
    force,
    actor,
    state,
    seen: 0,
    counts: {},
    notes: [],
    share,
    fault: undefined,
    message: undefined,
    startedAt: clock.now(),
    finishedAt: undefined,
  };
}

/** Does one that has begun. @throws {DomainError} `upstream_not_found` when it is switched off. */
export async function runSync(
  deps: SyncDeps,
  input: SyncInput,
  begun: UpstreamSync,
): Promise<UpstreamSync> {
  const { stores, clock } = deps;
  const { upstream, trial } = input;
  const compiled = compiledOf(upstream);
  const tally = newTally();
  let { share } = begun;
  // At a terminal nobody counts.
  const confirmed = input.force ? (share?.gone ?? Infinity) : 0;
  const now = () => ({ ...begun, ...tally.read(), share });
  const advance = async () => {
    const sync = now();
    if (!(await stores.upstreamSyncs.advance(sync, claimFrom(clock.now())))) throw new LostRun();
    input.onProgress?.(sync);
    if (input.isEnding?.()) throw new Interrupted();
  };

  const finish = async (end: Pick<UpstreamSync, 'state' | 'fault' | 'message'>) => {
    const sync = { ...now(), ...end, finishedAt: clock.now() };
    if ((await stores.upstreamSyncs.finish(sync)) && !trial) await note(deps, input, sync);
    return sync;
  };

  try {
    const seen = await readEverybody(deps, { ...input, compiled, tally, advance });
    const gone = await missingPeople(deps, { ...input, seen });
    share = { gone: gone.length, known: await stores.upstreamSyncs.countActive(upstream) };
    if (isTooManyGone(share, confirmed)) {
      const fault = 'too_many_gone';
      for (const { username: name } of gone) tally.add({ outcome: 'kept', name, why: fault });
      return await finish({ state: 'refused', fault, message: undefined });
    }
    await shutOutMissing(deps, { ...input, gone, tally, advance });
    return await finish({ state: 'done', fault: undefined, message: undefined });
  } catch (error) {
    if (error instanceof Interrupted && input.mayWait) {
      await stores.upstreamSyncs.putBack(begun.id);
      return { ...now(), state: 'wanted' };
    }
    const told = faultOf(error);
    await finish({ state: 'failed', ...(told ?? { fault: 'unexpected', message: undefined }) });
    if (!told) throw error;
    return { ...now(), state: 'failed', ...told, finishedAt: clock.now() };
  }
}

interface Reading extends SyncInput {
  readonly compiled: ReturnType<typeof compiledOf>;
  readonly tally: Tally;
  readonly advance: () => Promise<void>;
}

/** Gives the subjects of all entries. */
async function readEverybody(deps: SyncDeps, input: Reading): Promise<ReadonlySet<string>> {
  const { tally, advance } = input;
  const seen = new Set<string>();
  const work = input.trial ? planPeople : applyPeople;
  for await (const { people, unusable } of deps.directory.listPeople(input)) {
    for (const dn of unusable) tally.add({ outcome: 'unusable', name: dn, why: 'subject_missing' });
    for (const { subject } of people) seen.add(subject);
    for (let from = 0; from < people.length; from += BATCH) {
      const batch = people.slice(from, from + BATCH);
      tally.add(...(await work(deps, { ...input, people: batch })));
      tally.saw(batch.length);
      await advance();
    }
  }
  return seen;
}

/** Another process took it for dead. */
class LostRun extends Error {
  override readonly name = 'LostRun';
}

class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

function faultOf(error: unknown): Pick<UpstreamSync, 'fault' | 'message'> | undefined {
  if (error instanceof LostRun) return { fault: 'left_behind', message: undefined };
  if (error instanceof Interrupted) return { fault: 'interrupted', message: undefined };
  if (!(error instanceof DirectoryFailure)) return undefined;
  return { fault: error.code, message: error.message };
}

async function note(
  { stores }: SyncDeps,
  { upstream, actor }: SyncInput,
  { id, state, force, fault, seen, counts, share, finishedAt, startedAt }: UpstreamSync,
): Promise<void> {
  await stores.auditEvents.add({
    at: finishedAt ?? startedAt,
    type: 'upstream.synced',
    ...actor,
    targetType: 'upstream',
    targetId: upstream.id,
    targetName: upstream.slug,
    ...(fault === undefined ? {} : { reason: fault }),
    details: { run: id, state, force, seen, ...counts, ...share },
  });
}

export function claimFrom(now: Date): Date {
  return new Date(now.getTime() + CLAIM_MS);
}
