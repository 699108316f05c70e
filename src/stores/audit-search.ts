/**
 * Audit rows, as somebody who looks for them asks: as fast for rare words as for common ones, among
 * millions of rows.
 *
 * What is common is met soon on a walk from where the page begins; what is not met there is rare, so
 * that all of it can be found by its words and sorted. Postgres, left to itself, guesses which.
 *
 * @module
 */
import { z } from 'zod';
import type { StoredAuditEvent } from '../domain/audit-event.ts';
import type { AuditFilters } from '../domain/audit-filters.ts';
import { AUDIT_COLUMNS, type AuditEventRow, auditEventFromRow } from './audit-event-row.ts';
import { addressQuery, factsQuery, familyQuery, namedQuery, typedQuery } from './audit-words.ts';
import {
  type BoundedCount,
  boundedCount,
  COUNT_MAX,
  type Page,
  pageOf,
  readCursor,
  timeKey,
} from './page.ts';
import type { Sql } from './rows.ts';

export interface AuditQuery extends AuditFilters {
  readonly order?: 'newest' | 'oldest' | undefined;
  /** Where the page before ended. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Rows looked at, one by one, before they are looked for by their words. */
const WALK = 20_000;
/** More than these, all far from where the page begins, are walked to after all. */
const FOUND_MAX = 50_000;

const [TIME] = timeKey.def.items;
const CURSOR = z.tuple([TIME, z.string().regex(/^\d{1,18}$/)]);

interface Condition {
  readonly sql: string;
  readonly bindings: readonly unknown[];
}

type Row = AuditEventRow & { at_key: string; found?: number };

export async function searchAudit(sql: Sql, query: AuditQuery): Promise<Page<StoredAuditEvent>> {
  const { order = 'newest', after, limit } = query;
  const [beyond, direction] = order === 'newest' ? ['<', 'desc'] : ['>', 'asc'];
  const start = after === undefined ? undefined : readCursor(after, CURSOR);
  const range = whole([
    ...rangeOf(query),
    ...(start ? [{ sql: `(at, id) ${beyond} (?::timestamptz, ?::bigint)`, bindings: start }] : []),
  ]);
  const filters = whole(filtersOf(query));
  const wanted = limit + 1;
  const ordered = `order by at ${direction}, id ${direction}`;
  const columns = `${AUDIT_COLUMNS}, at::text as at_key`;
  const ask = async (text: string, bindings: readonly unknown[]) =>
    (await sql.raw<{ rows: Row[] }>(text, bindings as string[])).rows;
  const answer = (rows: readonly Row[]) => {
    const { items, next } = pageOf(rows, limit, ({ at_key, id }) => [at_key, id]);
    return { items: items.map(auditEventFromRow), next };
  };
  const walk = () =>
    ask(
      `select ${columns} from audit_events where ${range.sql} and ${filters.sql} ${ordered} limit ?`,
      [...range.bindings, ...filters.bindings, wanted],
    );
  if (filters.bindings.length === 0) return answer(await walk());

  const near = await ask(
    `select ${columns} from (
       select * from audit_events where ${range.sql} ${ordered} limit ?
     ) near where ${filters.sql} ${ordered} limit ?`,
    [...range.bindings, WALK, ...filters.bindings, wanted],
  );
  if (near.length === wanted) return answer(near);

  const found = await ask(
    `with found as materialized (
       select id as found_id, at as found_at from audit_events
       where ${range.sql} and ${filters.sql} limit (select ?::integer)
     ), page as materialized (
       select * from found where (select count(*) from found) <= ?
       order by found_at ${direction}, found_id ${direction} limit ?
     )
     select ${columns}, (select count(*) from found)::integer as found
     from (values (1)) one left join (page join audit_events on id = found_id) on true ${ordered}`,
    [...range.bindings, ...filters.bindings, FOUND_MAX + 1, FOUND_MAX, wanted],
  );
  if ((found[0]?.found ?? 0) > FOUND_MAX) return answer(await walk());
  return answer(found.filter(({ id }) => id !== null));
}

export async function countAudit(sql: Sql, query: AuditFilters): Promise<BoundedCount> {
  const all = whole([...rangeOf(query), ...filtersOf(query)]);
  const { rows } = await sql.raw<{ rows: { count: number }[] }>(
    `select count(*)::integer as count
     from (select 1 from audit_events where ${all.sql} limit ?) counted`,
    [...all.bindings, COUNT_MAX + 1] as string[],
  );
  return boundedCount(rows[0]?.count ?? 0);
}

function rangeOf({ from, to }: AuditFilters): Condition[] {
  return [
    ...(from === undefined ? [] : [{ sql: 'at >= ?', bindings: [from] }]),
    ...(to === undefined ? [] : [{ sql: 'at < ?', bindings: [to] }]),
  ];
}

/** What is exact is asked for by its words as well: they are what the index knows. */
function filtersOf(filters: AuditFilters): Condition[] {
  const { q, type, actorId, actorName, targetType, targetId } = filters;
  const { issuerId, room, ip, requestId, reason } = filters;
  const conditions: Condition[] = [];
  const exactly = (column: string, value: unknown, words: string | undefined) => {
    if (value === undefined) return;
    conditions.push({ sql: `${column} = ?`, bindings: [value] });
    if (words !== undefined && words !== '') look(words);
  };
  const look = (words: string) =>
    conditions.push({ sql: 'words @@ ?::tsquery', bindings: [words] });
  const wordsOf = (name: string | undefined) => (name === undefined ? undefined : namedQuery(name));

  const typed = q === undefined ? undefined : typedQuery(q);
  if (typed !== undefined) look(typed);
  if (type?.includes('.')) exactly('type', type, factsQuery({ type }));
  else if (type !== undefined) look(familyQuery(type));
  exactly('actor_id', actorId, undefined);
  exactly('actor_name', actorName, wordsOf(actorName));
  exactly('target_type', targetType, factsQuery({ targetType }));
  exactly('target_id', targetId, undefined);
  exactly('issuer_id', issuerId, factsQuery({ issuerId }));
  exactly('room', room, wordsOf(room));
  exactly('ip', ip, ip === undefined ? undefined : addressQuery(ip));
  exactly('request_id', requestId, wordsOf(requestId));
  exactly('reason', reason, wordsOf(reason));
  return conditions;
}

function whole(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map(({ sql }) => sql).join(' and ') || 'true',
    bindings: conditions.flatMap(({ bindings }) => bindings),
  };
}
