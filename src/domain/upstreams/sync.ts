/**
 * Bringing everybody up to date with a directory at once, whether they sign in or not.
 *
 * @module
 */

/** `refused`: changed who was found, and shut nobody out: too many were gone. */
export const SYNC_STATES = ['running', 'done', 'refused', 'failed'] as const;
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

/** One person of whom there is something to tell. */
export interface SyncNote {
  readonly outcome: SyncOutcome;
  readonly name: string;
  /** A code, and what it is about. */
  readonly why?: string | undefined;
  readonly about?: readonly string[] | undefined;
}

export interface UpstreamSync {
  /** UUID. */
  readonly id: string;
  readonly upstreamId: string;
  /** Tells what would happen, and changes nothing. */
  readonly trial: boolean;
  readonly state: SyncState;
  /** Entries of the directory so far. */
  readonly seen: number;
  readonly counts: SyncCounts;
  /** The first of them. */
  readonly notes: readonly SyncNote[];
  /** Why it failed or was refused: a code, and what the directory said. */
  readonly fault: string | undefined;
  readonly message: string | undefined;
  readonly startedAt: Date;
  readonly finishedAt: Date | undefined;
}

export const SYNC_NOTES_MAX = 200;

/**
 * Whether so many people are gone that it is more likely the answer that is wrong: an account that
 * may see less than before, a base that moved.
 */
export function isTooManyGone(gone: number, known: number): boolean {
  return gone * 3 > known;
}
