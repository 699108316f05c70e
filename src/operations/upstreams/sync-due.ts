import { isDomainError } from '../../domain/errors.ts';
import type { LdapUpstream, Upstream } from '../../domain/upstreams/upstream.ts';
import type { DirectoryCatalog } from './sign-in-by-directory.ts';
import { type SyncDeps, type SyncInput, syncUpstream } from './sync.ts';

const MINUTE_MS = 60_000;

/** Brings up to date those directories whose time has come; who is at it already is left alone. */
export async function syncDueUpstreams(
  deps: SyncDeps & { readonly catalog: DirectoryCatalog },
  { isEnding }: Pick<SyncInput, 'isEnding'>,
): Promise<void> {
  for (const { upstream, secrets } of deps.catalog.current().upstreams.values()) {
    if (isEnding?.() || !isScheduled(upstream) || !(await isDue(deps, upstream))) continue;
    const actor = { actorName: 'system' };
    const input = { upstream, secrets, trial: false, force: false, actor, isEnding };
    await syncUpstream(deps, input).catch((error: unknown) => {
      if (!isDomainError(error) || error.code !== 'upstream_sync_running') throw error;
    });
  }
}

function isScheduled(upstream: Upstream): upstream is LdapUpstream {
  return upstream.type === 'ldap' && !upstream.disabled && upstream.syncMinutes !== undefined;
}

async function isDue(
  { stores, clock }: SyncDeps,
  { id, syncMinutes = 0 }: LdapUpstream,
): Promise<boolean> {
  const last = await stores.upstreamSyncs.lastStart(id);
  return !last || last.getTime() + syncMinutes * MINUTE_MS <= clock.now().getTime();
}
