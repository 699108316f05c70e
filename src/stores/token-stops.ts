/**
 * Stops of tokens. Those in force are part of what processes hold in memory.
 *
 * @module
 */
import type { StopSubject, TokenStop } from '../domain/token-stop.ts';
import { byName, byTime, type Listed, type Listing, type ListQuery, listRows } from './listing.ts';
import { expectRows, type Sql, StoreInconsistency } from './rows.ts';

export interface TokenStopStore {
  add(stop: TokenStop, createdById: string | undefined): Promise<void>;
  find(id: string): Promise<TokenStop | undefined>;
  /** The same, and nobody else lifts it before the transaction ends. */
  hold(id: string): Promise<TokenStop | undefined>;
  lift(id: string, by: { readonly liftedBy: string; readonly now: Date }): Promise<void>;
  /** Those not lifted: in force, or ended a little while ago. */
  listStanding(): Promise<TokenStop[]>;
  /** Takes what ended before then out of those that stand; says how many. */
  settleEnded(before: Date): Promise<number>;
  /** All, newest first unless asked otherwise. Words begin those of what is stopped, why, and by whom. */
  list(query: ListQuery<StopSort>): Promise<Listed<TokenStop>>;
}

/** By name is by what is stopped, first the room. */
export const STOP_SORTS = ['created', 'name'] as const;
export type StopSort = (typeof STOP_SORTS)[number];

interface TokenStopRow {
  id: string;
  kind: StopSubject['kind'];
  user_id: string | null;
  issuer_id: string | null;
  room_pattern: string | null;
  name: string;
  reason: string;
  created_at: Date;
  created_by_name: string;
  ends_at: Date | null;
  lifted_at: Date | null;
  lifted_by_name: string | null;
}

const STOPS: Listing<StopSort> = {
  columns: '*',
  from: 'token_stops',
  id: { sql: 'id', type: 'uuid' },
  text: `lower(concat_ws(' ', room_pattern, name, reason, created_by_name))`,
  finds: 'beginnings',
  orders: { created: byTime('created_at'), name: byName('lower(coalesce(room_pattern, name))') },
};

export function createTokenStopStore(sql: Sql): TokenStopStore {
  const stops = () => sql<TokenStopRow>('token_stops');
  return {
    async add(stop, createdById) {
      const { subject } = stop;
      await sql('token_stops').insert({
        id: stop.id,
        kind: subject.kind,
        user_id: subject.kind === 'user' ? subject.userId : null,
        issuer_id: subject.kind === 'user' ? null : subject.issuerId,
        room_pattern: subject.kind === 'room' ? subject.pattern : null,
        name: stop.name,
        reason: stop.reason,
        created_at: stop.createdAt,
        created_by_id: createdById ?? null,
        created_by_name: stop.createdBy,
        ends_at: stop.endsAt ?? null,
      });
    },

    async find(id) {
      const row = await stops().where({ id }).first();
      return row && stopFromRow(row);
    },

    async hold(id) {
      const row = await stops().where({ id }).forUpdate().first();
      return row && stopFromRow(row);
    },

    async lift(id, { liftedBy, now }) {
      const change = { lifted_at: now, lifted_by_name: liftedBy };
      expectRows(1, await stops().where({ id }).whereNull('lifted_at').update(change));
    },

    async listStanding() {
      const rows = await stops().whereNull('lifted_at').orderBy(['created_at', 'id']);
      return rows.map(stopFromRow);
    },

    settleEnded: (before) =>
      stops()
        .whereNull('lifted_at')
        .andWhere('ends_at', '<', before)
        .update({ lifted_at: sql.ref('ends_at') as never }),

    async list({ sort = 'created', ...query }) {
      const found = await listRows<TokenStopRow, StopSort>(sql, STOPS, { ...query, sort });
      return { ...found, items: found.items.map(stopFromRow) };
    },
  };
}

function stopFromRow(row: TokenStopRow): TokenStop {
  return {
    id: row.id,
    subject: subjectFromRow(row),
    name: row.name,
    reason: row.reason,
    createdAt: row.created_at,
    createdBy: row.created_by_name,
    endsAt: row.ends_at ?? undefined,
    liftedAt: row.lifted_at ?? undefined,
    liftedBy: row.lifted_by_name ?? undefined,
  };
}

function subjectFromRow({ kind, user_id, issuer_id, room_pattern }: TokenStopRow): StopSubject {
  if (kind === 'user' && user_id !== null) return { kind, userId: user_id };
  if (kind === 'issuer' && issuer_id !== null) return { kind, issuerId: issuer_id };
  if (kind === 'room' && issuer_id !== null && room_pattern !== null)
    return { kind, issuerId: issuer_id, pattern: room_pattern };
  throw new StoreInconsistency(`a stop of kind ${kind} without its subject`);
}
