/**
 * Lists by key: a page knows where it ended, and the next begins right after that.
 *
 * @module
 */
import { z } from 'zod';
import { DomainError } from '../domain/errors.ts';

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Opaque; where the next page begins. */
  readonly next: string | undefined;
}

/** How many there are; `more` when counting stopped before the end. */
export interface BoundedCount {
  readonly count: number;
  readonly more: boolean;
}

/** Where counting stops. */
export const COUNT_MAX = 10_000;

/** @param counted Of which `COUNT_MAX + 1` stands for all that are more. */
export function boundedCount(counted: number): BoundedCount {
  return { count: Math.min(counted, COUNT_MAX), more: counted > COUNT_MAX };
}

/**
 * @param rows One more than `limit` were asked for: it tells that there is another page.
 * @param keyOf What the list is ordered by, the last of it unique.
 */
export function pageOf<Row>(
  rows: readonly Row[],
  limit: number,
  keyOf: (last: Row) => readonly string[],
): Page<Row> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const isWhole = rows.length <= limit || last === undefined;
  return { items, next: isWhole ? undefined : writeCursor(keyOf(last)) };
}

export function writeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * What `writeCursor` wrote; addresses are typed by hand, too.
 *
 * @throws {DomainError} `input_invalid`.
 */
export function readCursor<Key extends z.ZodType>(cursor: string, key: Key): z.output<Key> {
  const parts = parseJson(Buffer.from(cursor, 'base64url').toString('utf8'));
  const read = key.safeParse(parts);
  if (read.success && !UNSTORABLE.test([parts].flat().join(''))) return read.data;
  const issues = [{ path: 'query.after', message: 'must be where a page ended' }];
  throw new DomainError('input_invalid', { issues });
}

/** NUL and lone surrogates: they hide in the encoded text from who reads the address. */
const UNSTORABLE = /[\0\p{Cs}]/u;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A name as a list is sorted by it; the uuid of the row. */
export const nameKey = z.tuple([z.string().max(1000), z.uuid()]);

const SECONDS = z.iso.datetime();

/** A point in time as Postgres or JavaScript writes it; the uuid of the row. */
export const timeKey = z.tuple([
  z
    .string()
    .regex(/^(?!0000)[\d-]{10}[ T][\d:]{8}(\.\d{1,6})?(Z|[+-](0\d|1[0-4])(:[0-5]\d)?)$/)
    // The database fails at a time that no calendar has.
    .refine((text) => SECONDS.safeParse(`${text.slice(0, 10)}T${text.slice(11, 19)}Z`).success),
  z.uuid(),
]);
