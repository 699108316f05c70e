import {
  SYNC_NOTES_MAX,
  type SyncNote,
  type SyncOutcome,
  type UpstreamSync,
} from '../../domain/upstreams/sync.ts';

export interface Tally {
  add(...notes: readonly SyncNote[]): void;
  saw(entries: number): void;
  read(): Pick<UpstreamSync, 'seen' | 'counts' | 'notes'>;
}

/** What there is nothing to tell of. */
const UNREMARKABLE: readonly SyncOutcome[] = ['same', 'not_admitted'];

/** Counts what came of people, and keeps the first of them by name. */
export function newTally(): Tally {
  const counts: Partial<Record<SyncOutcome, number>> = {};
  const notes: SyncNote[] = [];
  let seen = 0;
  return {
    add(...more) {
      for (const note of more) {
        counts[note.outcome] = (counts[note.outcome] ?? 0) + 1;
        const isTold = !UNREMARKABLE.includes(note.outcome) && notes.length < SYNC_NOTES_MAX;
        if (isTold) notes.push(note);
      }
    },
    saw(entries) {
      seen += entries;
    },
    read: () => ({ seen, counts: { ...counts }, notes: [...notes] }),
  };
}
