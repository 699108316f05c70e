/**
 * Moves rows into the bin and back, whatever their columns are.
 *
 * @module
 */
import {
  BIN_ROW_KINDS,
  type BinConflict,
  type BinItem,
  type BinKind,
  type BinRowKind,
  type KeptPolicy,
} from '../domain/bin.ts';
import { BIN_PARTS } from './bin-parts.ts';
import { byName, byTime, type Listed, type Listing, type ListQuery, listRows } from './listing.ts';
import { type KeptRow, putBack, rowsOf } from './bin-rows.ts';
import { expectRows, type Sql, StoreInconsistency } from './rows.ts';

export interface BinStore {
  /**
   * Takes all rows of a thing out of their tables and keeps them. Only in a transaction that holds
   * the thing. Secrets stay sealed as they were.
   */
  put(item: BinItem & { readonly kind: BinRowKind }): Promise<void>;
  /** Keeps a room policy; whoever calls takes it out of its issuer. */
  keepPolicy(item: BinItem, kept: KeptPolicy): Promise<void>;
  /** @throws {StoreInconsistency} for an item that is something else. */
  policyOf(id: string): Promise<KeptPolicy>;
  find(id: string): Promise<BinItem | undefined>;
  /** In a transaction nobody else restores or empties it before its end. */
  hold(id: string): Promise<BinItem | undefined>;
  /** What a restore would run into now; not for room policies. */
  conflicts(id: string): Promise<readonly BinConflict[]>;
  /** The column of the thing's own row, as JSON: what a restore would give back. */
  columnOf(id: string, column: string): Promise<unknown>;
  /** Puts the rows back and forgets the item. See `conflicts` first. Not for room policies. */
  restore(id: string): Promise<void>;
  /**
   * Latest first unless asked otherwise; what has expired is not listed. Words begin those of the
   * name, or of who removed it.
   */
  list(query: BinQuery): Promise<Listed<BinItem>>;
  /** Forgets for good. */
  remove(id: string): Promise<boolean>;
  /** Removes a batch of what expired; says how many. */
  sweep(now: Date, batch: number): Promise<number>;
}

export const BIN_SORTS = ['removed', 'name'] as const;
export type BinSort = (typeof BIN_SORTS)[number];

export interface BinQuery extends ListQuery<BinSort> {
  readonly kinds: readonly BinKind[];
  readonly now: Date;
}

interface BinRow {
  id: string;
  kind: BinKind;
  object_id: string;
  name: string;
  payload: Payload | KeptPolicy;
  removed_at: Date;
  removed_by_id: string | null;
  removed_by_name: string;
  expires_at: Date;
}

/** Table → its rows, as `to_jsonb` wrote them. */
type Payload = Readonly<Record<string, readonly KeptRow[]>>;

const COLUMNS = 'id, kind, object_id, name, removed_at, removed_by_id, removed_by_name, expires_at';

const ITEMS: Listing<BinSort> = {
  columns: COLUMNS,
  from: 'bin_items',
  id: { sql: 'id', type: 'uuid' },
  text: `lower(name || ' ' || removed_by_name)`,
  finds: 'beginnings',
  orders: { removed: byTime('removed_at'), name: byName('lower(name)') },
};

export function createBinStore(sql: Sql): BinStore {
  const items = () => sql<BinRow>('bin_items');
  const payloadOf = async (id: string) => {
    const row = await items().where({ id }).first('kind', 'payload');
    expectRows(1, row ? 1 : 0);
    return row as Pick<BinRow, 'kind' | 'payload'>;
  };
  const rowsIn = async (id: string) => {
    const { kind, payload } = await payloadOf(id);
    const rowKind = BIN_ROW_KINDS.find((known) => known === kind);
    if (!rowKind || 'policy' in payload) throw new StoreInconsistency(`a ${kind} has no rows`);
    return { parts: BIN_PARTS[rowKind], payload };
  };
  const insert = async (item: BinItem, payload: Payload | KeptPolicy) => {
    await sql('bin_items').insert({ ...toColumns(item), payload: JSON.stringify(payload) });
  };
  const select = async (rest: string, bindings: readonly unknown[]) => {
    const { rows } = await sql.raw<{ rows: BinRow[] }>(`select ${COLUMNS} from bin_items ${rest}`, [
      ...bindings,
    ] as string[]);
    return rows;
  };
  const first = async (rest: string, id: string) => {
    const [row] = await select(rest, [id]);
    return row && fromRow(row);
  };

  return {
    async put(item) {
      const payload: Record<string, readonly KeptRow[]> = {};
      for (const { table, owner } of BIN_PARTS[item.kind])
        payload[table] = await rowsOf(sql, { table, owner }, item.objectId);
      const [{ table, owner }] = BIN_PARTS[item.kind];
      expectRows(1, await sql(table).where(owner, item.objectId).del());
      await insert(item, payload);
    },

    keepPolicy: insert,

    async policyOf(id) {
      const { kind, payload } = await payloadOf(id);
      if (!('policy' in payload)) throw new StoreInconsistency(`a ${kind} is no room policy`);
      return payload as KeptPolicy;
    },

    find: (id) => first('where id = ?', id),
    hold: (id) => first('where id = ? for update', id),

    async conflicts(id) {
      const { parts, payload } = await rowsIn(id);
      const found: BinConflict[] = [];
      for (const { table, conflicts } of parts) {
        if (conflicts === undefined) continue;
        const { rows } = await sql.raw<{ rows: { name: string; taken_by: string | null }[] }>(
          conflicts,
          [JSON.stringify(payload[table] ?? [])],
        );
        found.push(...rows.map(({ name, taken_by }) => ({ name, takenBy: taken_by ?? undefined })));
      }
      return found;
    },

    async columnOf(id, column) {
      const { parts, payload } = await rowsIn(id);
      return payload[parts[0].table]?.[0]?.[column] ?? undefined;
    },

    async restore(id) {
      const { parts, payload } = await rowsIn(id);
      for (const part of parts) await putBack(sql, part, payload[part.table] ?? []);
      expectRows(1, await items().where({ id }).del());
    },

    async list({ kinds, now, sort = 'removed', ...query }) {
      const within = { sql: 'kind = any(?) and expires_at > ?', bindings: [kinds, now] };
      const found = await listRows<BinRow, BinSort>(sql, ITEMS, { ...query, sort }, within);
      return { ...found, items: found.items.map(fromRow) };
    },

    async remove(id) {
      return (await items().where({ id }).del()) === 1;
    },

    async sweep(now, batch) {
      const { rowCount } = await sql.raw<{ rowCount: number }>(
        `delete from bin_items where id in (
           select id from bin_items where expires_at <= ? limit ? for update skip locked)`,
        [now, batch],
      );
      return rowCount;
    },
  };
}

function toColumns(item: BinItem) {
  return {
    id: item.id,
    kind: item.kind,
    object_id: item.objectId,
    name: item.name,
    removed_at: item.removedAt,
    removed_by_id: item.removedById ?? null,
    removed_by_name: item.removedByName,
    expires_at: item.expiresAt,
  };
}

function fromRow(row: BinRow): BinItem {
  return {
    id: row.id,
    kind: row.kind,
    objectId: row.object_id,
    name: row.name,
    removedAt: row.removed_at,
    removedById: row.removed_by_id ?? undefined,
    removedByName: row.removed_by_name,
    expiresAt: row.expires_at,
  };
}
