/**
 * A file of people, read into rows. Nothing is asked of the database yet.
 *
 * @module
 */
import { CsvError, parse } from 'csv-parse/sync';
import { z } from 'zod';
import { DomainError } from '../../../domain/errors.ts';
import { readHeading } from '../../../domain/user-columns.ts';
import {
  type Cells,
  IMPORT_MAX_ROWS,
  type ImportFault,
  type ImportRow,
} from '../../../domain/user-import.ts';
import { type ReadPerson, toImportRows } from './import-rows.ts';

const linesSchema = z.array(
  z.object({ record: z.array(z.string()), info: z.object({ lines: z.number() }) }),
);
type Line = z.output<typeof linesSchema>[number];

/** @throws {DomainError} `import_unreadable`, with the line or the column. */
export function readCsv(bytes: Buffer): ImportRow[] {
  const [head, ...lines] = parseLines(decode(bytes));
  if (!head) throw unreadable('empty');
  const columns = readHead(head);
  if (lines.length === 0) throw unreadable('empty');
  if (lines.length > IMPORT_MAX_ROWS) throw unreadable('too_many', { line: IMPORT_MAX_ROWS });

  return toImportRows(
    lines.map(
      ({ record, info }): ReadPerson => ({
        line: info.lines,
        cells: toCells(record, columns),
        ...(record.length > columns.length ? { fault: 'cells' } : {}),
      }),
    ),
  );
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw unreadable('encoding', {}, cause);
  }
}

function parseLines(text: string): Line[] {
  const [first = ''] = text.split(/\r?\n/, 1);
  try {
    const lines: unknown = parse(text, {
      bom: true,
      delimiter: separatorOf(first),
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
    });
    return linesSchema.parse(lines);
  } catch (cause) {
    if (cause instanceof CsvError)
      throw unreadable('syntax', { line: Number(cause.lines ?? 0) }, cause);
    throw cause;
  }
}

/** Spreadsheets separate by what is no decimal mark where they are used. */
function separatorOf(head: string): string {
  const count = (mark: string) => head.split(mark).length;
  const [most = ','] = [',', ';', '\t'].sort((a, b) => count(b) - count(a));
  return most;
}

/** Column of each place; `undefined` for those that are passed over. */
function readHead({ record }: Line): (string | undefined)[] {
  const columns = record.map((text) => {
    const heading = readHeading(text);
    if (heading.kind === 'password') throw unreadable('password_column', { column: text });
    if (heading.kind === 'unknown')
      throw unreadable('column_unknown', { column: text, hint: heading.hint });
    return heading.kind === 'column' ? heading.name : undefined;
  });
  const named = columns.filter((name) => name !== undefined);
  const twice = named.find((name, nth) => named.indexOf(name) !== nth);
  if (twice !== undefined) throw unreadable('column_twice', { column: twice });
  if (!named.includes('username')) throw unreadable('no_username');
  return columns;
}

function toCells(record: Line['record'], columns: readonly (string | undefined)[]): Cells {
  const filled = columns.flatMap((name, place) => {
    const text = unmask(record[place] ?? '');
    return name === undefined || text === '' ? [] : [[name, text] as const];
  });
  return Object.fromEntries(filled);
}

/** The apostrophe that keeps a spreadsheet from taking a cell for a formula: see `csvLine`. */
function unmask(text: string): string {
  return /^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text;
}

function unreadable(
  fault: ImportFault,
  at: { readonly line?: number; readonly column?: string; readonly hint?: string | undefined } = {},
  cause?: unknown,
) {
  const { line = 0, column = '', hint = '' } = at;
  return new DomainError('import_unreadable', { fault, line, column, hint }, { cause });
}
