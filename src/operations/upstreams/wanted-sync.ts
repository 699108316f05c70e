/**
 * Syncs that somebody asks for: a request lays one down, and any process takes it up. One whose
 * process ends waits for another.
 *
 * @module
 */
import { DomainError } from '../../domain/errors.ts';
import type { SyncShare, UpstreamSync } from '../../domain/upstreams/sync.ts';
import { isListed, type LdapUpstream } from '../../domain/upstreams/upstream.ts';
import { isUuid } from '../../domain/uuid.ts';
import type { Stores } from '../../stores/index.ts';
import type { Actor } from '../actor.ts';
import { findUpstream } from './find-upstream.ts';
import { claimFrom, newSync, runSync, type SyncDeps, type SyncInput } from './sync.ts';

export interface WantSyncDeps extends Pick<SyncDeps, 'clock' | 'random'> {
  readonly stores: Pick<Stores, 'transaction' | 'upstreams' | 'upstreamSyncs'>;
}

export interface WantSyncInput {
  readonly slug: string;
  readonly trial: boolean;
  /** The last run, refused because too many are gone: whoever saw that shuts them out. */
  readonly confirms?: string | undefined;
  readonly actor: Actor;
}

/**
 * @throws {DomainError} `upstream_not_found`, `upstream_not_listed`, `upstream_sync_running`,
 *   `upstream_sync_not_found`, `upstream_sync_outdated`.
 */
export async function wantSync(
  deps: WantSyncDeps,
  { slug, confirms, ...asked }: WantSyncInput,
): Promise<UpstreamSync> {
  const upstream = await findUpstream(deps, slug);
  if (!isListed(upstream)) throw new DomainError('upstream_not_listed', { slug });
  const force = confirms !== undefined;
  const share = force ? await confirmedShare(deps, upstream, confirms) : undefined;
  const wanted = newSync(deps, { ...asked, force, share, upstream, state: 'wanted' });
  return deps.stores.transaction(async (tx) => {
    if (!(await tx.upstreamSyncs.want(wanted)))
      throw new DomainError('upstream_sync_running', { slug });
    const { id, trial } = wanted;
    await tx.auditEvents.add({
      at: wanted.startedAt,
      type: 'upstream.sync_asked',
      ...asked.actor,
      targetType: 'upstream',
      targetId: upstream.id,
      targetName: slug,
      details: { run: id, trial, force },
    });
    return wanted;
  });
}

async function confirmedShare(
  { stores }: WantSyncDeps,
  upstream: LdapUpstream,
  id: string,
): Promise<SyncShare | undefined> {
  const { state, share } = await findSync({ stores }, upstream, id);
  const { items } = await stores.upstreamSyncs.list({ upstreamId: upstream.id, limit: 1 });
  if (state !== 'refused' || items[0]?.id !== id)
    throw new DomainError('upstream_sync_outdated', undefined);
  return share;
}

/** @throws {DomainError} `upstream_sync_not_found`. */
export async function findSync(
  { stores }: { readonly stores: Pick<Stores, 'upstreamSyncs'> },
  upstream: { readonly id: string },
  id: string,
): Promise<UpstreamSync> {
  const sync = isUuid(id) ? await stores.upstreamSyncs.find(upstream.id, id) : undefined;
  if (!sync) throw new DomainError('upstream_sync_not_found', undefined);
  return sync;
}

export type SyncWorkDeps = SyncDeps & WantSyncDeps & { readonly stores: SyncDeps['stores'] };

/** Works on what waits until nothing is left. */
export async function workOnWantedSyncs(
  deps: SyncWorkDeps,
  { isEnding }: Pick<SyncInput, 'isEnding'>,
): Promise<void> {
  for (;;) {
    if (isEnding?.()) return;
    const now = deps.clock.now();
    const sync = await deps.stores.upstreamSyncs.takeUp(now, claimFrom(now));
    if (!sync) return;
    await workOn(deps, sync, { isEnding });
  }
}

/** What the directory is now counts, not what it was when somebody asked. */
async function workOn(
  deps: SyncWorkDeps,
  sync: UpstreamSync,
  { isEnding }: Pick<SyncInput, 'isEnding'>,
): Promise<void> {
  const { stores, clock } = deps;
  const upstream = (await stores.upstreams.list()).find(({ id }) => id === sync.upstreamId);
  if (!upstream || !isListed(upstream)) {
    const end = { state: 'failed', fault: 'switched_off', finishedAt: clock.now() } as const;
    await stores.upstreamSyncs.finish({ ...sync, ...end });
    return;
  }
  const secrets = (await stores.upstreams.listSecrets()).get(upstream.id);
  const { trial, force, actor } = sync;
  const reached = { upstream, secrets: secrets ?? { secret: undefined, privateKey: undefined } };
  await runSync(deps, { ...reached, trial, force, actor, isEnding, mayWait: true }, sync);
}
