/**
 * Secrets of what lies in the bin. They are sealed as their rows were, for the place where they
 * will stand again.
 *
 * @module
 */
import type { Place, SecretBox } from '../crypto/secret-box.ts';
import type { BinRowKind } from '../domain/bin.ts';
import type { Sql } from './rows.ts';

interface BinRow {
  readonly kind: string;
  readonly id: string;
  readonly payload: Readonly<Record<string, readonly Record<string, unknown>[]>>;
}

type Kept = Pick<BinRow, 'id' | 'payload'>;

/** bytea as `to_jsonb` writes it. */
const HEX = /^\\x([\da-f]+)$/;

interface Sealed {
  readonly place: Place;
  readonly sealed: Buffer;
}

export async function* sealedInBin(sql: Sql): AsyncGenerator<Sealed, void> {
  for await (const { payload } of inPieces(sql))
    for (const [table, rows] of Object.entries(payload))
      for (const row of rows)
        for (const [column, value] of Object.entries(row))
          yield* sealedIn(value, { table, column, row });
}

/** Seals anew, with the first key, what another one sealed; says how many. */
export async function resealBin(sql: Sql, secretBox: SecretBox): Promise<number> {
  let count = 0;
  for await (const { id, payload } of inPieces(sql)) {
    let renewed = 0;
    const renew = (table: string, row: Readonly<Record<string, unknown>>) =>
      Object.fromEntries(
        Object.entries(row).map(([column, value]) => {
          const [found] = sealedIn(value, { table, column, row });
          if (!found || secretBox.isCurrent(found.sealed)) return [column, value];
          renewed += 1;
          const { place, sealed } = found;
          const again = secretBox.seal(secretBox.open(sealed, place), place);
          return [column, `\\x${again.toString('hex')}`];
        }),
      );
    const next = Object.fromEntries(
      Object.entries(payload).map(([table, rows]) => [table, rows.map((row) => renew(table, row))]),
    );
    if (renewed === 0) continue;
    await sql('bin_items')
      .where({ id })
      .update({ payload: JSON.stringify(next) });
    count += renewed;
  }
  return count;
}

/** Kinds of things with something sealed. */
const SEALING: readonly BinRowKind[] = ['issuer', 'client', 'upstream'];

/** Issuers with all their keys and clients: a few at a time. */
const AT_ONCE = 20;

async function* inPieces(sql: Sql): AsyncGenerator<Kept, void> {
  let last: string | undefined;
  for (;;) {
    const query = sql<BinRow>('bin_items').whereIn('kind', SEALING).orderBy('id').limit(AT_ONCE);
    if (last !== undefined) void query.where('id', '>', last);
    const items = await query.select('id', 'payload').forUpdate();
    yield* items;
    if (items.length < AT_ONCE) return;
    last = items.at(-1)?.id;
  }
}

/** Sealed columns are called so; a row is named by its kid or its id. */
function sealedIn(
  value: unknown,
  at: { table: string; column: string; row: Readonly<Record<string, unknown>> },
): Sealed[] {
  const { table, column, row } = at;
  if (!column.startsWith('sealed_') || typeof value !== 'string') return [];
  const hex = HEX.exec(value)?.[1];
  const name = row.kid ?? row.id;
  if (hex === undefined || typeof name !== 'string') return [];
  return [{ place: { table, column, id: name }, sealed: Buffer.from(hex, 'hex') }];
}
