import type { AuthMethod, Session } from '../domain/session.ts';
import type { User } from '../domain/user.ts';
import { USER_COLUMNS, type UserRow, userFromRow } from './user-row.ts';

/** A sign-in that counts, with its person. */
export interface LiveSession {
  readonly session: Session;
  readonly user: User;
  readonly catalogVersion: string;
}

export interface SessionRow {
  session_id: string;
  user_id: string;
  methods: AuthMethod[];
  authenticated_at: Date;
  session_created_at: Date;
  last_seen_at: Date;
  idle_expires_at: Date;
  expires_at: Date;
  remembered: boolean;
  ip: string | null;
  user_agent: string | null;
}

/** Select list of a `SessionRow`, for a query in which the table is called `s`. */
export const SESSION_COLUMNS = `
  s.id as session_id, s.user_id, s.methods, s.authenticated_at,
  s.created_at as session_created_at, s.last_seen_at, s.idle_expires_at, s.expires_at,
  s.remembered, s.ip, s.user_agent`;

export type LiveRow = SessionRow & UserRow & { catalog_version: string };

/** Select list of a `LiveRow`, for `sessions s join users u`. */
export const LIVE_SESSION_COLUMNS = `${SESSION_COLUMNS}, ${USER_COLUMNS},
  (select version::text from catalog_version) as catalog_version`;

export function liveFromRow(row: LiveRow): LiveSession {
  const session = sessionFromRow(row);
  return { session, user: userFromRow(row), catalogVersion: row.catalog_version };
}

export function sessionFromRow(row: SessionRow): Session {
  return {
    id: row.session_id,
    userId: row.user_id,
    methods: row.methods,
    authenticatedAt: row.authenticated_at,
    createdAt: row.session_created_at,
    lastSeenAt: row.last_seen_at,
    idleExpiresAt: row.idle_expires_at,
    expiresAt: row.expires_at,
    remembered: row.remembered,
    ip: row.ip ?? undefined,
    userAgent: row.user_agent ?? undefined,
  };
}

/** Without the hash of its cookie. */
export function sessionToRow(session: Session) {
  return {
    id: session.id,
    user_id: session.userId,
    methods: [...session.methods],
    authenticated_at: session.authenticatedAt,
    created_at: session.createdAt,
    last_seen_at: session.lastSeenAt,
    idle_expires_at: session.idleExpiresAt,
    expires_at: session.expiresAt,
    remembered: session.remembered,
    ip: session.ip ?? null,
    user_agent: session.userAgent ?? null,
  };
}
