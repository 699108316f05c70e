/**
 * What was read of people, as rows to be tried: nobody twice, nothing that no database takes.
 *
 * @module
 */
import { loginKey } from '../../../domain/user.ts';
import type { Cells, ImportRow, RowCode } from '../../../domain/user-import.ts';

export interface ReadPerson {
  /** Of the file, from 1; 0 where lines say nothing. */
  readonly line: number;
  readonly cells: Cells;
  /** The row cannot be read. */
  readonly fault?: RowCode;
}

/** Kept of a name that is shown beside what is wrong with it. */
const NAME_SHOWN = 200;

export function toImportRows(people: readonly ReadPerson[]): ImportRow[] {
  const seen = new Map<string, number>();
  return people.map((person, nth) => {
    const row = toRow(person, nth);
    return row.cells ? onlyOnce(row, row.cells, seen) : row;
  });
}

function toRow({ line, cells, fault }: ReadPerson, nth: number): ImportRow {
  const username = (cells.username ?? '').slice(0, NAME_SHOWN);
  const row = { nth, line, username, ...NOTHING };
  if (fault) return refused(row, fault);
  if (Object.values(cells).some((text) => UNSTORABLE.test(text)))
    return refused(row, 'field', 'NUL');
  return { ...row, cells };
}

const NOTHING = {
  cells: undefined,
  outcome: undefined,
  code: undefined,
  detail: undefined,
  userId: undefined,
} as const;
/** What no database takes as text. */
const UNSTORABLE = /[\0\p{Cs}]/u;

/** Usernames and addresses are one space; the first line that has a name keeps it. */
function onlyOnce(row: ImportRow, cells: Cells, seen: Map<string, number>): ImportRow {
  const keys = new Set([cells.username, cells.email].flatMap((it) => (it ? [loginKey(it)] : [])));
  const earlier = [...keys].flatMap((key) => seen.get(key) ?? [])[0];
  if (earlier !== undefined) return refused(row, 'duplicate', String(earlier));
  for (const key of keys) seen.set(key, row.line);
  return row;
}

function refused(row: ImportRow, code: RowCode, detail?: string): ImportRow {
  const name = row.username.replaceAll(/[\0\p{Cs}]/gu, '\uFFFD');
  return {
    ...row,
    username: name,
    cells: undefined,
    outcome: 'error',
    code,
    detail,
    userId: undefined,
  };
}
