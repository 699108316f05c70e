/**
 * What a file of another system says about people.
 *
 * @module
 */
import type { Cells } from '../user-import.ts';

export interface ForeignPerson {
  /** Of the file, from 1; 0 where lines say nothing. */
  readonly line: number;
  readonly cells: Cells;
}

export interface ForeignReading {
  readonly people: readonly ForeignPerson[];
  /** What was left out, in words for the operator; no secret is in them. */
  readonly remarks: readonly string[];
}

/** The file is not of its kind: the message says why. */
export class UnreadableUsers extends Error {
  override readonly name = 'UnreadableUsers';
}

/** Leaves out what is absent or empty, as a list of people wants it. */
export function toCells(said: Readonly<Record<string, string | undefined>>): Cells {
  return Object.fromEntries(
    Object.entries(said).flatMap(([name, text]) =>
      text === undefined || text.trim() === '' ? [] : [[name, text.trim()]],
    ),
  );
}

/** One remark for all that share a reason: `{SSHA} of 3 people: …`. */
export function countReasons(reasons: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count} × ${reason}`);
}
