import { z } from 'zod';
import type { Permission } from '../domain/permissions.ts';
import type {
  Cells,
  ImportRow,
  ImportState,
  RowCode,
  RowOutcome,
  RowResult,
  UserImport,
} from '../domain/user-import.ts';
import { type Page, pageOf, readCursor, timeKey } from './page.ts';
import { expectRows, type Sql } from './rows.ts';

/** Lists of people that are read in, in the background and by one process at a time. */
export interface ImportStore {
  add(one: UserImport, rows: readonly ImportRow[]): Promise<void>;
  find(id: string): Promise<UserImport | undefined>;
  /** Latest first. */
  list(page: { after?: string | undefined; limit: number }): Promise<Page<UserImport>>;
  rows(query: RowQuery): Promise<Page<ImportRow>>;
  countRows(id: string, codes: readonly RowCode[]): Promise<number>;
  /** From `checked` to `running`; false when it was not `checked`. */
  start(id: string, by: Pick<UserImport, 'actor' | 'permissions'>): Promise<boolean>;
  /** One that is at work and that no other process works on, until then. */
  claim(now: Date, until: Date): Promise<UserImport | undefined>;
  /** Rows that come next. */
  nextRows(one: UserImport, limit: number): Promise<ImportRow[]>;
  /** Says something more of a row. */
  mark(id: string, nth: number, code: RowCode): Promise<void>;
  record(one: UserImport, results: readonly RowResult[], claimedUntil: Date): Promise<void>;
  /** From `checking` to `checked`, from `running` to `done`; forgets what the rows held then. */
  finish(id: string, now: Date): Promise<void>;
  remove(id: string): Promise<boolean>;
  /** Removes a batch of what expired; says how many. */
  sweep(now: Date, batch: number): Promise<number>;
}

export interface RowQuery {
  readonly id: string;
  readonly outcome?: RowOutcome | undefined;
  /** With one of these. */
  readonly codes?: readonly RowCode[] | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

interface ImportsRow {
  id: string;
  file_name: string;
  state: ImportState;
  options: UserImport['options'];
  actor: UserImport['actor'];
  permissions: Permission[];
  total: number;
  processed: number;
  counts: UserImport['counts'];
  created_at: Date;
  finished_at: Date | null;
  expires_at: Date;
}

interface ImportRowsRow {
  nth: number;
  line: number;
  username: string;
  cells: Cells | null;
  outcome: RowOutcome | null;
  code: RowCode | null;
  detail: string | null;
  user_id: string | null;
}

const ROWS_AT_ONCE = 1000;
const ROW_COLUMNS = 'nth, line, username, cells, outcome, code, detail, user_id';
const NTH_KEY = z.tuple([z.string().regex(/^\d{1,9}$/)]);

export function createImportStore(sql: Sql): ImportStore {
  const imports = () => sql<ImportsRow>('imports');
  return {
    async add(one, rows) {
      await sql('imports').insert({
        id: one.id,
        file_name: one.fileName,
        state: one.state,
        options: JSON.stringify(one.options),
        actor: JSON.stringify(one.actor),
        permissions: one.permissions,
        total: one.total,
        created_at: one.createdAt,
        expires_at: one.expiresAt,
      });
      for (let from = 0; from < rows.length; from += ROWS_AT_ONCE)
        await sql.raw(
          `insert into import_rows (import_id, ${ROW_COLUMNS})
           select ?, ${ROW_COLUMNS} from jsonb_populate_recordset(null::import_rows, ?::jsonb)`,
          [one.id, JSON.stringify(rows.slice(from, from + ROWS_AT_ONCE).map(toRow))],
        );
    },

    async find(id) {
      const row = await imports().where({ id }).first();
      return row && fromImport(row);
    },

    async list({ after, limit }) {
      const key = after === undefined ? [] : readCursor(after, timeKey);
      const beyond = key.length > 0 ? 'where (created_at, id) < (?::timestamptz, ?::uuid)' : '';
      const { rows } = await sql.raw<{ rows: ImportsRow[] }>(
        `select * from imports ${beyond} order by created_at desc, id desc limit ?`,
        [...key, limit + 1],
      );
      return pageOf(rows.map(fromImport), limit, (last) => [last.createdAt.toISOString(), last.id]);
    },

    async rows({ id, outcome, codes, after, limit }) {
      const [nth] = after === undefined ? ['-1'] : readCursor(after, NTH_KEY);
      const query = sql<ImportRowsRow & { import_id: string }>('import_rows')
        .where({ import_id: id })
        .where('nth', '>', Number(nth))
        .orderBy('nth')
        .limit(limit + 1);
      if (outcome !== undefined) void query.where({ outcome });
      if (codes !== undefined) void query.whereIn('code', [...codes]);
      return pageOf((await query).map(fromRow), limit, (last) => [String(last.nth)]);
    },

    async countRows(id, codes) {
      const { rows } = await sql.raw<{ rows: { count: string }[] }>(
        'select count(*) from import_rows where import_id = ? and code = any(?)',
        [id, [...codes]] as never,
      );
      return Number(rows[0]?.count ?? 0);
    },

    async start(id, { actor, permissions }) {
      const started = await sql('imports')
        .where({ id, state: 'checked' })
        .update({
          state: 'running',
          actor: JSON.stringify(actor),
          permissions,
          processed: 0,
          counts: '{}',
          claimed_until: null,
        });
      return started === 1;
    },

    async claim(now, until) {
      const { rows } = await sql.raw<{ rows: ImportsRow[] }>(
        `update imports set claimed_until = ? where id = (
           select id from imports
           where state in ('checking', 'running')
             and (claimed_until is null or claimed_until <= ?)
           order by created_at limit 1 for update skip locked)
         returning *`,
        [until, now],
      );
      return rows[0] && fromImport(rows[0]);
    },

    async nextRows({ id, processed }, limit) {
      const rows = await sql<ImportRowsRow & { import_id: string }>('import_rows')
        .where({ import_id: id })
        .where('nth', '>=', processed)
        .orderBy('nth')
        .limit(limit);
      return rows.map(fromRow);
    },

    async mark(id, nth, code) {
      await sql('import_rows').where({ import_id: id, nth }).update({ code });
    },

    async record({ id, processed }, results, claimedUntil) {
      await sql.raw(
        `update import_rows r
         set outcome = done.outcome, code = done.code, detail = done.detail, user_id = done.user_id
         from jsonb_to_recordset(?::jsonb) as done
           (nth integer, outcome text, code text, detail text, user_id uuid)
         where r.import_id = ? and r.nth = done.nth`,
        [JSON.stringify(results.map(({ userId, ...rest }) => ({ ...rest, user_id: userId }))), id],
      );
      const { rowCount } = await sql.raw<{ rowCount: number }>(
        `update imports set processed = processed + ?, claimed_until = ?, counts = (
           select coalesce(jsonb_object_agg(outcome, n), '{}') from (
             select outcome, count(*) as n from import_rows
             where import_id = ? and nth < ? and outcome is not null group by outcome) counted)
         where id = ? and processed = ?`,
        [results.length, claimedUntil, id, processed + results.length, id, processed],
      );
      // Somebody else worked on it as well: what was written goes with this transaction.
      expectRows(1, rowCount);
    },

    async finish(id, now) {
      const changes = { state: 'checked', finished_at: now, claimed_until: null };
      if ((await sql('imports').where({ id, state: 'checking' }).update(changes)) === 1) return;
      const done = { ...changes, state: 'done' };
      expectRows(1, await sql('imports').where({ id, state: 'running' }).update(done));
      await sql('import_rows').where({ import_id: id }).update({ cells: null });
    },

    async remove(id) {
      return (await imports().where({ id }).del()) === 1;
    },

    async sweep(now, batch) {
      const { rowCount } = await sql.raw<{ rowCount: number }>(
        `delete from imports where id in (
           select id from imports where expires_at <= ? limit ? for update skip locked)`,
        [now, batch],
      );
      return rowCount;
    },
  };
}

function toRow(row: ImportRow) {
  const { userId, ...columns } = row;
  return { ...columns, user_id: userId };
}

function fromImport(row: ImportsRow): UserImport {
  return {
    id: row.id,
    fileName: row.file_name,
    state: row.state,
    options: row.options,
    actor: row.actor,
    permissions: row.permissions,
    total: row.total,
    processed: row.processed,
    counts: row.counts,
    createdAt: row.created_at,
    finishedAt: row.finished_at ?? undefined,
    expiresAt: row.expires_at,
  };
}

function fromRow(row: ImportRowsRow): ImportRow {
  return {
    nth: row.nth,
    line: row.line,
    username: row.username,
    cells: row.cells ?? undefined,
    outcome: row.outcome ?? undefined,
    code: row.code ?? undefined,
    detail: row.detail ?? undefined,
    userId: row.user_id ?? undefined,
  };
}
