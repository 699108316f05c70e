/**
 * What a sign-in begins and ends, in one statement: it is on the way of every sign-in, beside hashes
 * that want the whole machine.
 *
 * @module
 */
import type { AuditEvent } from '../domain/audit-event.ts';
import type { Session } from '../domain/session.ts';
import { auditEventsToJson, insertAuditEvents } from './audit-events.ts';
import type { RememberedDevice } from './known-devices.ts';
import { type Counted, settleRows, toSettlement } from './login-counters.ts';
import type { Sql } from './rows.ts';
import { sessionToRow } from './session-row.ts';

export interface SignInStore {
  /**
   * Begins the sign-in, unless the password is another by now or the person disabled: then false,
   * and nothing of it happened.
   */
  begin(beginning: SignInBeginning): Promise<boolean>;
}

export interface SignInBeginning {
  /** The hash that was checked. */
  readonly passwordHash: string;
  readonly session: Session;
  /** Of the cookie. */
  readonly tokenHash: Buffer;
  /** Of the sign-in that the browser had, which ends. */
  readonly previousTokenHash: Buffer | undefined;
  readonly event: AuditEvent;
  readonly device: RememberedDevice;
  /** What the attempt counted: taken back. */
  readonly counted: readonly Counted[];
}

/**
 * Each part asks for the one before, so that rows are locked in one order, which is everybody's:
 * the person, sessions, devices, counters. The person is held: who changes the password or shuts
 * them out comes before, and is seen here, or after, and sees the session.
 */
const BEGIN = `
  with held as materialized (
    select id from users
    where id = :user_id and password_hash = :password_hash and disabled_at is null
    for share
  ),
  ended as (
    delete from sessions
    where token_hash = cast(:previous_token_hash as bytea) and exists (select 1 from held)
    returning 1
  ),
  started as (
    insert into sessions (id, token_hash, user_id, methods, authenticated_at, created_at,
      last_seen_at, idle_expires_at, expires_at, remembered, ip, user_agent)
    select cast(:id as uuid), cast(:token_hash as bytea), held.id, cast(:methods as text[]),
      cast(:authenticated_at as timestamptz), cast(:created_at as timestamptz),
      cast(:last_seen_at as timestamptz), cast(:idle_expires_at as timestamptz),
      cast(:expires_at as timestamptz), cast(:remembered as boolean), cast(:ip as text),
      cast(:user_agent as text)
    from held where (select count(*) from ended) >= 0
    returning user_id, created_at
  ),
  written as (
    ${insertAuditEvents(':event')} where exists (select 1 from started)
  ),
  moved as (
    update known_devices d set
      token_hash = :device_hash,
      last_seen_at = case when d.user_id = s.user_id then s.created_at else d.last_seen_at end
    from started s
    where d.token_hash = cast(:previous_device_hash as bytea)
    returning d.user_id
  ),
  known as (
    insert into known_devices (token_hash, user_id, last_seen_at)
    select cast(:device_hash as bytea), s.user_id, s.created_at from started s
    where s.user_id not in (select m.user_id from moved m)
    returning 1
  ),
  ${settleRows('exists (select 1 from started) and (select count(*) from known) >= 0')}
  select 1 from started`;

/** @param prepared Whether the server keeps named statements apart by connection. */
export function createSignInStore(sql: Sql, { prepared }: { prepared: boolean }): SignInStore {
  const options = prepared ? { name: 'begin_sign_in' } : {};
  return {
    async begin({ session, device, ...beginning }) {
      const query = sql.raw<{ rows: unknown[] }>(BEGIN, {
        ...sessionToRow(session),
        password_hash: beginning.passwordHash,
        previous_token_hash: beginning.previousTokenHash ?? null,
        token_hash: beginning.tokenHash,
        event: auditEventsToJson([beginning.event]),
        device_hash: device.tokenHash,
        previous_device_hash: device.previousTokenHash ?? null,
        counted: toSettlement(beginning.counted, 'success'),
      });
      return (await query.options(options)).rows.length === 1;
    },
  };
}
