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

/** Counts what came of people, and keeps the first of each kind by name. */
export function newTally(): Tally {
  const counts: Partial<Record<SyncOutcome, number>> = {};
  const notes: SyncNote[] = [];
  let seen = 0;
  return {
    add(...more) {
      for (const note of more) {
        const count = (counts[note.outcome] ?? 0) + 1;
        counts[note.outcome] = count;
        if (!UNREMARKABLE.includes(note.outcome) && count <= SYNC_NOTES_MAX) notes.push(note);
      }
    },
    saw(entries) {
      seen += entries;
    },
    read: () => ({ seen, counts: { ...counts }, notes: [...notes] }),
  };
}
