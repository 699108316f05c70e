import { isDirectoryFault, isOfOneServer } from './ldap/fault.ts';
import type { UpstreamSync } from './sync.ts';
import type { LdapUpstream } from './upstream.ts';

export const SYNC_WARNINGS = ['directory_down', 'sync_failed', 'sync_refused', 'sync_old'] as const;
export type SyncWarning = (typeof SYNC_WARNINGS)[number];

/** A directory that is switched on. */
export interface DirectoryFacts {
  readonly upstream: LdapUpstream;
  /** Of its runs the last that is over and was no trial. */
  readonly last: UpstreamSync | undefined;
}

/** So many times its interval may pass before people count as out of date. */
const PATIENCE = 2;

export function syncWarning(
  { upstream: { syncMinutes, createdAt }, last }: DirectoryFacts,
  now: Date,
): SyncWarning | undefined {
  if (last?.state === 'refused') return 'sync_refused';
  // A process that was stopped is no failure of the directory: the next run comes in its time.
  if (last?.state === 'failed' && last.fault !== 'interrupted') {
    const isDown = isDirectoryFault(last.fault) && isOfOneServer({ code: last.fault });
    return isDown ? 'directory_down' : 'sync_failed';
  }
  if (syncMinutes === undefined) return undefined;
  const since = last?.finishedAt ?? createdAt;
  const isOld = now.getTime() - since.getTime() > PATIENCE * syncMinutes * 60_000;
  return isOld ? 'sync_old' : undefined;
}
