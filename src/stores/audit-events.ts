/**
 * What was done, by whom, with what result. Rows of concurrent requests share one INSERT, but each
 * caller waits until its own row is committed.
 *
 * @module
 */
import type { AuditEvent, AuditType, StoredAuditEvent } from '../domain/audit-event.ts';
import type { AuditFilters } from '../domain/audit-filters.ts';
import type { StopSubject } from '../domain/token-stop.ts';
import { type AuditEventRow, auditEventFromRow, auditEventToRow } from './audit-event-row.ts';
import { type AuditQuery, countAudit, searchAudit } from './audit-search.ts';
import { namedQuery } from './audit-words.ts';
import { gather } from './gather.ts';
import type { BoundedCount, Page } from './page.ts';
import type { Sql } from './rows.ts';

export interface AuditEventStore {
  /** Resolves when the row is committed (with a transaction's store: written in it). */
  add(event: AuditEvent): Promise<void>;
  /** Newest first; `before` is the id of the last row of the page before. */
  list(filter: AuditFilter): Promise<StoredAuditEvent[]>;
  /** By when it happened; `after` is where the page before ended. */
  search(query: AuditQuery): Promise<Page<StoredAuditEvent>>;
  count(filters: AuditFilters): Promise<BoundedCount>;
  /** Tokens issued since then that have not ended. */
  outstanding(
    subject: StopSubject,
    times: { readonly since: Date; readonly now: Date },
  ): Promise<OutstandingTokens>;
  find(id: string): Promise<StoredAuditEvent | undefined>;
  /** Rooms a person was lately let into, newest first, each once per issuer. */
  recentRooms(actorId: string, limit: number): Promise<RecentRoom[]>;
  /** Removes a batch of rows older than `before`; says how many. */
  sweep(before: Date, batch: number): Promise<number>;
  /** Puts new rows into their places in the index, so that no insert has to. */
  settleIndex(): Promise<void>;
}

export interface AuditFilter {
  readonly actorId?: string;
  /** What a person did, and what was done to them. */
  readonly aboutUserId?: string;
  readonly requestId?: string;
  readonly type?: AuditType;
  readonly before?: string;
  readonly limit: number;
}

export interface OutstandingTokens {
  readonly count: number;
  /** When the last of them ends. */
  readonly lastExpiresAt: Date | undefined;
}

export interface RecentRoom {
  readonly issuerId: string;
  readonly room: string;
  readonly at: Date;
}

/**
 * An INSERT of the events that `source` is the JSON of: see `auditEventsToJson`.
 *
 * @param source A binding.
 */
export const insertAuditEvents = (source: string) => `
  insert into audit_events (at, type, actor_id, actor_name, target_type, target_id, target_name,
    issuer_id, room, role, reason, rule, kid, jti, ip, request_id, details, words)
  select at, type, actor_id, actor_name, target_type, target_id, target_name,
    issuer_id, room, role, reason, rule, kid, jti, ip, request_id, details, words
  from jsonb_to_recordset(${source}::jsonb) as e (at timestamptz, type text, actor_id uuid,
    actor_name text, target_type text, target_id text, target_name text, issuer_id uuid,
    room text, role text, reason text, rule text, kid text, jti text, ip text, request_id text,
    details jsonb, words tsvector)`;

const INSERT = insertAuditEvents('?');

export function auditEventsToJson(events: readonly AuditEvent[]): string {
  return JSON.stringify(events.map(auditEventToRow));
}

export function createAuditEventStore(
  sql: Sql,
  { prepared }: { prepared: boolean },
): AuditEventStore {
  const options = prepared ? { name: 'insert_audit_events' } : {};
  const insert = async (events: readonly AuditEvent[]) => {
    await sql.raw(INSERT, [auditEventsToJson(events)]).options(options);
    return events.map(() => undefined);
  };

  return {
    add: gather(insert),

    async list({ actorId, aboutUserId, requestId, type, before, limit }) {
      const query = sql<AuditEventRow>('audit_events').orderBy('id', 'desc').limit(limit);
      if (actorId !== undefined) void query.where({ actor_id: actorId });
      if (aboutUserId !== undefined)
        void query.whereRaw(`(actor_id = ?::uuid or (target_type = 'user' and target_id = ?))`, [
          aboutUserId,
          aboutUserId,
        ]);
      if (requestId !== undefined) {
        void query.where({ request_id: requestId });
        const words = namedQuery(requestId);
        if (words !== undefined) void query.whereRaw('words @@ ?::tsquery', [words]);
      }
      if (type !== undefined) void query.where({ type });
      if (before !== undefined) void query.where('id', '<', before);
      return (await query).map(auditEventFromRow);
    },

    search: (query) => searchAudit(sql, query),
    count: (filters) => countAudit(sql, filters),

    async find(id) {
      const row = await sql<AuditEventRow>('audit_events').where({ id }).first();
      return row && auditEventFromRow(row);
    },

    async outstanding(subject, { since, now }) {
      const { sql: concerned, bindings } = concerns(subject);
      const { rows } = await sql.raw<{ rows: { count: number; last: number | null }[] }>(
        `select count(*)::integer as count, max(exp)::float8 as last
         from (
           select (details->>'exp')::bigint as exp from audit_events
           where type = 'token.issued' and at >= ? and ${concerned}
         ) issued where exp > ?`,
        [since, ...bindings, Math.floor(now.getTime() / 1000)] as string[],
      );
      const { count = 0, last = null } = rows[0] ?? {};
      return { count, lastExpiresAt: last === null ? undefined : new Date(last * 1000) };
    },

    async recentRooms(actorId, limit) {
      const { rows } = await sql.raw<{ rows: { issuer_id: string; room: string; at: Date }[] }>(
        `select issuer_id, room, max(at) as at
         from (select issuer_id, room, at from audit_events
               where actor_id = ? and type = 'token.issued' and target_type is distinct from 'user'
                 and room is not null and issuer_id is not null
               order by id desc limit 200) latest
         group by issuer_id, room order by max(at) desc limit ?`,
        [actorId, limit],
      );
      return rows.map(({ issuer_id, room, at }) => ({ issuerId: issuer_id, room, at }));
    },

    async sweep(before, batch) {
      const { rowCount } = await sql.raw<{ rowCount: number }>(
        `delete from audit_events where id in (
           select id from audit_events where at < ? order by at limit ? for update skip locked)`,
        [before, batch],
      );
      return rowCount;
    },

    async settleIndex() {
      try {
        await sql.raw(`select gin_clean_pending_list('audit_events_words_idx')`);
      } catch (error) {
        // Only the owner may; where another role migrates, Postgres does it in its own time.
        if (!isForbidden(error)) throw error;
      }
    },
  };
}

function concerns(subject: StopSubject): { readonly sql: string; readonly bindings: string[] } {
  // Theirs by their own visit, or asked for by somebody else, who is the actor then.
  if (subject.kind === 'user')
    return {
      sql: `(actor_id = ?::uuid and target_type is distinct from 'user'
        or target_type = 'user' and target_id = ?)`,
      bindings: [subject.userId, subject.userId],
    };
  const { issuerId } = subject;
  if (subject.kind === 'issuer') return { sql: 'issuer_id = ?', bindings: [issuerId] };
  const like = subject.pattern.replaceAll(/[\\%_]/g, '\\$&').replaceAll('*', '%');
  return { sql: 'issuer_id = ? and room like ?', bindings: [issuerId, like] };
}

/** SQLSTATE 42501: insufficient privilege. */
function isForbidden(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '42501';
}
