/**
 * Lists of things of which there are hundreds rather than thousands: searched by looking through
 * them, sorted, and read page by page in each order.
 *
 * @module
 */
import { z } from 'zod';
import {
  type BoundedCount,
  boundedCount,
  COUNT_MAX,
  nameKey,
  type Page,
  pageOf,
  readCursor,
  timeKey,
} from './page.ts';
import type { Sql } from './rows.ts';

export interface Order {
  /** SQL; what has the same key is ordered by its id. */
  readonly key: string;
  readonly type: 'text' | 'timestamptz' | 'integer';
  readonly direction: 'asc' | 'desc';
  /** Of the key and the id. */
  readonly cursor: z.ZodType<readonly [string, string]>;
}

export interface Listing<Sort extends string> {
  readonly columns: string;
  readonly from: string;
  readonly id: { readonly sql: string; readonly type: 'text' | 'uuid' };
  /** SQL of what is searched: all that one can read of a row, in lower case. */
  readonly text: string;
  /** Whether what is typed begins words, or may stand anywhere. */
  readonly finds: 'beginnings' | 'parts';
  readonly orders: Readonly<Record<Sort, Order>>;
}

/** What every such list can be asked. */
export interface ListQuery<Sort extends string> {
  /** Words, each of which is found in the row. */
  readonly q?: string | undefined;
  readonly sort?: Sort | undefined;
  /** Where the page before ended. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface Listed<Item> extends Page<Item> {
  /** Of all pages. */
  readonly total: BoundedCount;
}

interface Condition {
  readonly sql: string;
  readonly bindings: readonly unknown[];
}

const EVERYTHING: Condition = { sql: 'true', bindings: [] };
const POSITION = z.string().regex(/^\d{1,9}$/);

/** From A. */
export const byName = (key: string): Order => ({
  key,
  type: 'text',
  direction: 'asc',
  cursor: nameKey,
});

/** From the newest. */
export const byTime = (key: string): Order => ({
  key,
  type: 'timestamptz',
  direction: 'desc',
  cursor: timeKey,
});

/** From the first. */
export const byPosition = (key: string): Order => ({
  key,
  type: 'integer',
  direction: 'asc',
  cursor: z.tuple([POSITION, z.string().max(1000)]),
});

/** @param within Which rows there are for whoever asks. */
export async function listRows<Row, Sort extends string>(
  sql: Sql,
  listing: Listing<Sort>,
  { q = '', sort, after, limit }: ListQuery<Sort> & { readonly sort: Sort },
  within = EVERYTHING,
): Promise<Listed<Row>> {
  const { columns, from, id, orders } = listing;
  const { key, type, direction, cursor } = orders[sort];
  const found = `${within.sql} and ${matching(listing)}`;
  const asked = [...within.bindings, q.toLowerCase().split(/\s+/).filter(Boolean)];

  const start = after === undefined ? [] : readCursor(after, cursor);
  const beyond = direction === 'asc' ? '>' : '<';
  const here =
    after === undefined ? 'true' : `(${key}, ${id.sql}) ${beyond} (?::${type}, ?::${id.type})`;
  const { rows } = await sql.raw<{ rows: (Row & { key: string; last: string })[] }>(
    `select ${columns}, (${key})::text as key, ${id.sql}::text as last from ${from}
     where ${found} and ${here}
     order by ${key} ${direction}, ${id.sql} ${direction} limit ?`,
    [...asked, ...start, limit + 1] as string[],
  );
  const counted = await sql.raw<{ rows: { count: number }[] }>(
    `select count(*)::integer as count from (select 1 from ${from} where ${found} limit ?) counted`,
    [...asked, COUNT_MAX + 1] as string[],
  );
  const total = boundedCount(counted.rows[0]?.count ?? 0);
  return { ...pageOf(rows, limit, (row) => [row.key, row.last]), total };
}

function matching({ text, finds }: Pick<Listing<string>, 'text' | 'finds'>): string {
  const gap = finds === 'beginnings' ? `' ' || ` : '';
  return `not exists (
    select 1 from unnest(?::text[]) as word where strpos(${gap}(${text}), ${gap}word) = 0)`;
}
