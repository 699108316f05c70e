/**
 * Sign-ins in Postgres. The cookie's secret is kept as its SHA-256 only.
 *
 * @module
 */
import type { Session } from '../domain/session.ts';
import { gather } from './gather.ts';
import type { Sql } from './rows.ts';
import {
  LIVE_SESSION_COLUMNS,
  liveFromRow,
  type LiveRow,
  type LiveSession,
  SESSION_COLUMNS,
  sessionFromRow,
  sessionToRow,
  type SessionRow,
} from './session-row.ts';

export interface SessionStore {
  /**
   * The sign-in a cookie stands for, its person, and the version of what processes hold in
   * memory: all a request needs to know of the database, in one round trip, which concurrent
   * requests share. Nothing for ended and expired sessions, nor for disabled people.
   */
  findAlive(tokenHash: Buffer, now: Date): Promise<LiveSession | undefined>;
  /** The same by its id, which is no secret. */
  findAliveById(id: string, now: Date): Promise<LiveSession | undefined>;
  add(session: Session, tokenHash: Buffer): Promise<void>;
  /** Makes the same person's sign-in of that id this one, under a new secret; false when it is gone. */
  renew(session: Session, tokenHash: Buffer): Promise<boolean>;
  touch(id: string, now: Date, idleExpiresAt: Date): Promise<void>;
  /** The person proved anew who they are. */
  confirm(id: string, now: Date): Promise<void>;
  listOfUser(userId: string, now: Date): Promise<Session[]>;
  /** True when it was that user's, and alive. */
  end(id: string, userId: string): Promise<boolean>;
  /** Ends the one a cookie stands for, if there is one. */
  endByToken(tokenHash: Buffer): Promise<void>;
  /** Ends all of a user's sessions, but for one; says how many. */
  endAllOfUser(userId: string, but?: string): Promise<number>;
  /** Removes a batch of what has expired; says how many. */
  sweep(now: Date, batch: number): Promise<number>;
}

/**
 * The arrays stand in selects of their own so that the planner does not see how long they are: it
 * would take each length for another case, and plan anew for every request.
 */
const FIND_ALIVE = `
  select asked.nth::integer, found.*
  from unnest((select ?::bytea[]), (select ?::timestamptz[]))
    with ordinality as asked (token_hash, now, nth),
  lateral (
    select ${LIVE_SESSION_COLUMNS}
    from sessions s join users u on u.id = s.user_id
    where s.token_hash = asked.token_hash and s.idle_expires_at > asked.now
      and s.expires_at > asked.now and u.disabled_at is null
    limit 1
  ) found`;

interface FoundRow extends LiveRow {
  readonly nth: number;
}

interface Lookup {
  readonly tokenHash: Buffer;
  readonly now: Date;
}

/** @param prepared Whether the server keeps named statements apart by connection. */
export function createSessionStore(sql: Sql, { prepared }: { prepared: boolean }): SessionStore {
  const options = prepared ? { name: 'find_alive_sessions' } : {};
  const findAlive = gather(async (lookups: readonly Lookup[]) => {
    const found: (LiveSession | undefined)[] = lookups.map(() => undefined);
    const hashes = lookups.map(({ tokenHash }) => tokenHash);
    const times = lookups.map(({ now }) => now);
    const query = sql.raw<{ rows: FoundRow[] }>(FIND_ALIVE, [hashes, times] as never);
    const { rows } = await query.options(options);
    for (const row of rows) found[row.nth - 1] = liveFromRow(row);
    return found;
  });

  return {
    findAlive: (tokenHash, now) => findAlive({ tokenHash, now }),

    async findAliveById(id, now) {
      const { rows } = await sql.raw<{ rows: LiveRow[] }>(
        `select ${LIVE_SESSION_COLUMNS}
         from sessions s join users u on u.id = s.user_id
         where s.id = ? and s.idle_expires_at > ? and s.expires_at > ? and u.disabled_at is null`,
        [id, now, now],
      );
      const [row] = rows;
      return row && liveFromRow(row);
    },

    async add(session, tokenHash) {
      await sql('sessions').insert({ ...sessionToRow(session), token_hash: tokenHash });
    },

    async renew(session, tokenHash) {
      const row = { ...sessionToRow(session), token_hash: tokenHash };
      const { id, userId } = session;
      return (await sql('sessions').where({ id, user_id: userId }).update(row)) === 1;
    },

    async touch(id, now, idleExpiresAt) {
      await sql('sessions').where({ id }).update({
        last_seen_at: now,
        idle_expires_at: idleExpiresAt,
      });
    },

    async confirm(id, now) {
      await sql('sessions').where({ id }).update({ authenticated_at: now });
    },

    async listOfUser(userId, now) {
      const { rows } = await sql.raw<{ rows: SessionRow[] }>(
        `select ${SESSION_COLUMNS} from sessions s
         where s.user_id = ? and s.idle_expires_at > ? and s.expires_at > ?
         order by s.last_seen_at desc`,
        [userId, now, now],
      );
      return rows.map(sessionFromRow);
    },

    async end(id, userId) {
      return (await sql('sessions').where({ id, user_id: userId }).del()) === 1;
    },

    async endByToken(tokenHash) {
      await sql('sessions').where({ token_hash: tokenHash }).del();
    },

    async endAllOfUser(userId, but) {
      const sessions = sql('sessions').where({ user_id: userId });
      if (but !== undefined) void sessions.whereNot({ id: but });
      return sessions.del();
    },

    async sweep(now, batch) {
      const { rowCount } = await sql.raw<{ rowCount: number }>(
        `delete from sessions where id in (
           select id from sessions where idle_expires_at <= ? or expires_at <= ? limit ?
           for update skip locked)`,
        [now, now, batch],
      );
      return rowCount;
    },
  };
}
