import { isDirectoryFault } from '../domain/upstreams/ldap/fault.ts';
import {
  isUnderWay,
  SYNC_FAULTS,
  SYNC_REASONS,
  type SyncNote,
  type SyncOutcome,
  type UpstreamSync,
} from '../domain/upstreams/sync.ts';
import type { ShownSync, ShownSyncNote } from './page-contexts/upstream-syncs.ts';

/** What somebody looks for first. */
const IN_ORDER: readonly SyncOutcome[] = [
  'disabled',
  'kept',
  'unusable',
  'created',
  'linked',
  'changed',
  'enabled',
  'same',
  'not_admitted',
];

/** A run of a directory's sync as pages show it. */
export function showSync(sync: UpstreamSync): ShownSync {
  const { id, trial, state, seen, share, counts, notes, message, startedAt, finishedAt } = sync;
  const { actorName } = sync.actor;
  return {
    id,
    trial,
    state,
    underWay: isUnderWay(sync),
    by: actorName === 'system' ? undefined : actorName,
    startedAt,
    seconds: finishedAt && (finishedAt.getTime() - startedAt.getTime()) / 1000,
    seen,
    share,
    fault: faultOf(sync),
    message,
    outcomes: IN_ORDER.flatMap((outcome) => {
      const count = counts[outcome] ?? 0;
      const told = notes.filter((note) => note.outcome === outcome).map(showNote);
      return count > 0 ? [{ outcome, count, notes: told }] : [];
    }),
  };
}

function showNote({ name, why, about = [] }: SyncNote): ShownSyncNote {
  const reason = SYNC_REASONS.find((one) => one === why);
  return { name, why: reason, code: reason === undefined ? why : undefined, about };
}

function faultOf({ fault, message }: UpstreamSync): ShownSync['fault'] {
  if (fault === undefined) return undefined;
  // Without a word of the directory it was none of its doing.
  if (isDirectoryFault(fault) && message !== undefined) return { directory: fault };
  return { own: SYNC_FAULTS.find((one) => one === fault) ?? 'unexpected' };
}
