/**
 * Bringing everybody up to date with a directory at once, whether they sign in or not.
 *
 * @module
 */

/**
 * `wanted`: somebody asked for it, and a process takes it up within seconds. `refused`: changed who
 * was found, and shut nobody out: too many were gone.
 */
export const SYNC_STATES = ['wanted', 'running', 'done', 'refused', 'failed'] as const;
export type SyncState = (typeof SYNC_STATES)[number];

export const SYNC_OUTCOMES = [
  'created',
  /** To an account that was there. */
  'linked',
  'changed',
  'same',
  /** Gone, or disabled in the directory: shut out here. */
  'disabled',
  /** Back: only whom a sync had shut out. */
  'enabled',
  /** Gone, and not shut out: the last administrator, accounts of our own. */
  'kept',
  /** Neither known nor taken by the rule. */
  'not_admitted',
  /** Of no use: a name that is taken, claims without a name. */
  'unusable',
] as const;
export type SyncOutcome = (typeof SYNC_OUTCOMES)[number];
export type SyncCounts = Readonly<Partial<Record<SyncOutcome, number>>>;

/** Why somebody was not taken, or shut out. Besides these, codes of errors. */
export const SYNC_REASONS = [
  'gone',
  'disabled_there',
  'last_administrator',
  'too_many_gone',
  'subject_missing',
  'claims_unusable',
  'name_taken',
  'identity_taken',
] as const;
export type SyncReason = (typeof SYNC_REASONS)[number];

/** One person of whom there is something to tell. */
export interface SyncNote {
  readonly outcome: SyncOutcome;
  readonly name: string;
  /** A code, and what it is about; of `changed` the fields. */
  readonly why?: string | undefined;
  readonly about?: readonly string[] | undefined;
}

/** Of those who came from the directory and may sign in. */
export interface SyncShare {
  readonly gone: number;
  readonly known: number;
}

export interface SyncActor {
  readonly actorId?: string | undefined;
  readonly actorName: string;
  readonly ip?: string | undefined;
  readonly requestId?: string | undefined;
}

export interface UpstreamSync {
  /** UUID. */
  readonly id: string;
  readonly upstreamId: string;
  /** Tells what would happen, and changes nothing. */
  readonly trial: boolean;
  /** Shuts out who is gone even when they are many. */
  readonly force: boolean;
  /** Who asked for it. */
  readonly actor: SyncActor;
  readonly state: SyncState;
  /** Entries of the directory so far. */
  readonly seen: number;
  readonly counts: SyncCounts;
  /** The first of them. */
  readonly notes: readonly SyncNote[];
  /** Once the directory is read to its end; before, what somebody confirmed. */
  readonly share: SyncShare | undefined;
  /** Why it failed or was refused: a code, and what the directory said. */
  readonly fault: string | undefined;
  readonly message: string | undefined;
  /** Of one that is wanted: when somebody asked. */
  readonly startedAt: Date;
  readonly finishedAt: Date | undefined;
}

/** What ends a run, beside what is wrong with the directory. */
export const SYNC_FAULTS = [
  'too_many_gone',
  /** The process that worked on it is gone. */
  'left_behind',
  /** That process ended in good order. */
  'interrupted',
  /** The directory was switched off meanwhile. */
  'switched_off',
  'unexpected',
] as const;
export type SyncFault = (typeof SYNC_FAULTS)[number];

export function isUnderWay({ state }: Pick<UpstreamSync, 'state'>): boolean {
  return state === 'wanted' || state === 'running';
}

/** Of each outcome: whom a run shuts out is not lost behind those it makes. */
export const SYNC_NOTES_MAX = 100;

/**
 * Whether so many people are gone that it is more likely the answer that is wrong: an account that
 * may see less than before, a base that moved.
 *
 * @param confirmed So many somebody has seen by name, and wants to be shut out.
 */
export function isTooManyGone({ gone, known }: SyncShare, confirmed: number): boolean {
  return gone > confirmed && gone * 3 > known;
}
