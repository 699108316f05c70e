import type { BinPart } from './bin-parts.ts';
import type { Sql } from './rows.ts';

/** A row as `to_jsonb` wrote it. */
export type KeptRow = Readonly<Record<string, unknown>>;

export async function rowsOf(
  sql: Sql,
  { table, owner }: Pick<BinPart, 'table' | 'owner'>,
  id: string,
): Promise<readonly KeptRow[]> {
  const { rows } = await sql.raw<{ rows: { kept: KeptRow }[] }>(
    'select to_jsonb(t) as kept from ?? t where ?? = ?',
    [table, owner, id],
  );
  return rows.map(({ kept }) => kept);
}

/**
 * Only columns that the table still has and does not compute itself: a newer Roomkey may have
 * changed it meanwhile.
 */
export async function putBack(
  sql: Sql,
  { table, owner, needs = {}, made }: BinPart,
  rows: readonly KeptRow[],
): Promise<void> {
  const [first] = rows;
  if (!first) return;
  if (made === 'with_the_thing') await sql(table).where(owner, String(first[owner])).del();
  const { rows: found } = await sql.raw<{ rows: { name: string }[] }>(
    `select attname as name from pg_attribute
     where attrelid = ?::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
    [table],
  );
  const columns = found.map(({ name }) => name).filter((name) => name in first);
  const list = columns.map(() => '??').join(', ');
  const ends = Object.entries(needs);
  const there = ends.map(() => 'exists (select 1 from ?? e where e.id = kept.??)');
  await sql.raw(
    `insert into ?? (${list}) select ${list} from jsonb_populate_recordset(null::??, ?::jsonb) kept
     where ${there.join(' and ') || 'true'}`,
    [
      table,
      ...columns,
      ...columns,
      table,
      JSON.stringify(rows),
      ...ends.flatMap(([column, end]) => [end, column]),
    ],
  );
}
