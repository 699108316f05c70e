import type { SecretBox } from '../crypto/secret-box.ts';
import type { Sql } from './rows.ts';

/** What is needed to end a sign-in where it was proved. It goes with the sign-in. */
export interface UpstreamSession {
  readonly upstreamId: string;
  readonly idToken: string;
}

export interface UpstreamSessionStore {
  /** In place of what was kept with it; for a sign-in that has ended meanwhile, nothing. */
  keep(sessionId: string, session: UpstreamSession): Promise<void>;
  find(sessionId: string): Promise<UpstreamSession | undefined>;
}

interface UpstreamSessionRow {
  session_id: string;
  upstream_id: string;
  sealed_id_token: Buffer;
}

export function createUpstreamSessionStore(sql: Sql, secretBox: SecretBox): UpstreamSessionStore {
  const place = (id: string) => ({ table: 'upstream_sessions', column: 'sealed_id_token', id });
  return {
    async keep(sessionId, { upstreamId, idToken }) {
      const sealed = secretBox.seal(idToken, place(sessionId));
      await sql.raw(
        `insert into upstream_sessions (session_id, upstream_id, sealed_id_token)
         select s.id, u.id, ? from sessions s, upstreams u where s.id = ? and u.id = ?
         on conflict (session_id) do update set
           upstream_id = excluded.upstream_id, sealed_id_token = excluded.sealed_id_token`,
        [sealed, sessionId, upstreamId],
      );
    },

    async find(sessionId) {
      const row = await sql<UpstreamSessionRow>('upstream_sessions')
        .where({ session_id: sessionId })
        .first('upstream_id', 'sealed_id_token');
      if (!row) return undefined;
      const idToken = secretBox.open(row.sealed_id_token, place(sessionId));
      return { upstreamId: row.upstream_id, idToken };
    },
  };
}
