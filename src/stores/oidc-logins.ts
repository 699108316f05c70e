import type { Sql } from './rows.ts';

/** A client that knows of a sign-in. */
export interface OidcLogin {
  readonly sessionId: string;
  readonly issuerId: string;
  readonly clientId: string;
  readonly userId: string;
  /** When the sign-in ends in any case. */
  readonly expiresAt: Date;
}

export interface LogoutTurn {
  readonly limit: number;
  /** After the first time, after the second, … */
  readonly delaySeconds: readonly number[];
}

export interface EndedLogin extends OidcLogin {
  /** How often it was given, with this time. */
  readonly attempts: number;
}

export interface OidcLoginStore {
  /** A second time it does nothing. */
  remember(login: OidcLogin): Promise<void>;
  /**
   * Those whose sign-in has ended before its time, and whose turn it is. Each is given to one
   * caller, and again after a delay, until it is forgotten or the delays are at their end.
   */
  takeEnded(now: Date, turn: LogoutTurn): Promise<EndedLogin[]>;
  /** The client has been told, or is given up. */
  forget(login: Pick<OidcLogin, 'sessionId' | 'issuerId' | 'clientId'>): Promise<void>;
  /** Removes a batch of what has expired; says how many. */
  sweep(now: Date, batch: number): Promise<number>;
}

interface OidcLoginRow {
  session_id: string;
  issuer_id: string;
  client_id: string;
  user_id: string;
  expires_at: Date;
  attempts: number;
}

const TAKE_ENDED = `
  update oidc_logins set attempts = attempts + 1,
    next_attempt_at = ?::timestamptz + (?::integer[])[attempts + 1] * interval '1 second'
  where (session_id, issuer_id, client_id) in (
    select l.session_id, l.issuer_id, l.client_id from oidc_logins l
    where l.expires_at > ? and l.next_attempt_at <= ? and l.attempts < ? and not exists (
      select 1 from sessions s where s.id = l.session_id
        and s.idle_expires_at > ? and s.expires_at > ?)
    limit ? for update skip locked)
  returning *`;

export function createOidcLoginStore(sql: Sql): OidcLoginStore {
  return {
    async remember({ sessionId, issuerId, clientId, userId, expiresAt }) {
      const row = {
        session_id: sessionId,
        issuer_id: issuerId,
        client_id: clientId,
        user_id: userId,
        expires_at: expiresAt,
      };
      await sql('oidc_logins')
        .insert(row)
        .onConflict(['session_id', 'issuer_id', 'client_id'])
        .ignore();
    },

    async takeEnded(now, { limit, delaySeconds }) {
      const taken = await sql.raw<{ rows: OidcLoginRow[] }>(TAKE_ENDED, [
        now,
        [...delaySeconds],
        now,
        now,
        delaySeconds.length,
        now,
        now,
        limit,
      ] as never);
      return taken.rows.map((row) => ({
        sessionId: row.session_id,
        issuerId: row.issuer_id,
        clientId: row.client_id,
        userId: row.user_id,
        expiresAt: row.expires_at,
        attempts: row.attempts,
      }));
    },

    async forget({ sessionId, issuerId, clientId }) {
      const row = { session_id: sessionId, issuer_id: issuerId, client_id: clientId };
      await sql('oidc_logins').where(row).del();
    },

    async sweep(now, batch) {
      const { rowCount } = await sql.raw<{ rowCount: number }>(
        `delete from oidc_logins where (session_id, issuer_id, client_id) in (
           select session_id, issuer_id, client_id from oidc_logins
           where expires_at <= ? limit ? for update skip locked)`,
        [now, batch],
      );
      return rowCount;
    },
  };
}
