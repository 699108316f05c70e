import { tokenHash } from '../crypto/digest.ts';
import type { AuditEvent } from '../domain/audit-event.ts';
import type { Clock, Random } from '../domain/clock.ts';
import {
  type AuthMethod,
  buildSession,
  type Session,
  type SessionLifetimes,
} from '../domain/session.ts';
import type { User } from '../domain/user.ts';
import type { StoresInTransaction } from '../stores/index.ts';

export interface StartSessionDeps {
  /** Of the transaction in which the person's right to it was checked. */
  readonly stores: Pick<StoresInTransaction, 'auditEvents' | 'sessions'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly lifetimes: SessionLifetimes;
}

export interface StartSessionInput {
  readonly user: User;
  readonly methods: readonly AuthMethod[];
  readonly remember: boolean;
  /** Of the cookie the browser sent: that sign-in ends, whoever's it was. */
  readonly previousToken: string | undefined;
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
  readonly requestId: string | undefined;
  /** Slug of the directory that vouched for the person. */
  readonly upstream?: string;
  /**
   * Of this browser. When it is the same person's it goes on: what an OpenID client began with it
   * comes to its end with it.
   */
  readonly renews?: Session | undefined;
}

export interface StartedSession {
  readonly session: Session;
  /** For the cookie; nobody keeps it but the browser. */
  readonly token: string;
}

const USER_AGENT_MAX = 500;

/** Begins a sign-in under a new secret and writes it down. */
export async function startSession(
  deps: StartSessionDeps,
  input: StartSessionInput,
): Promise<StartedSession> {
  const { stores } = deps;
  const { previousToken, renews, user } = input;
  const { session, token, event } = newSession(deps, input);
  if (renews?.userId === user.id) {
    const renewed = { ...session, id: renews.id };
    if (await stores.sessions.renew(renewed, tokenHash(token))) {
      await stores.auditEvents.add({ ...event, targetId: renews.id });
      return { session: renewed, token };
    }
  }
  if (previousToken !== undefined) await stores.sessions.endByToken(tokenHash(previousToken));
  await stores.sessions.add(session, tokenHash(token));
  await stores.auditEvents.add(event);
  return { session, token };
}

/** A sign-in that nobody has written down yet, and what to write of it. */
export function newSession(
  { clock, random, lifetimes }: Omit<StartSessionDeps, 'stores'>,
  { user, methods, remember, ip, userAgent, requestId, upstream }: StartSessionInput,
): StartedSession & { readonly event: AuditEvent } {
  const now = clock.now();
  const session = buildSession(
    {
      id: random.uuid(),
      userId: user.id,
      methods,
      remembered: remember,
      ip,
      userAgent: userAgent?.slice(0, USER_AGENT_MAX),
    },
    now,
    lifetimes,
  );
  const event: AuditEvent = {
    at: now,
    type: 'session.started',
    actorId: user.id,
    actorName: user.username,
    targetType: 'session',
    targetId: session.id,
    details: { methods, remembered: remember, ...(upstream === undefined ? {} : { upstream }) },
    ip,
    requestId,
  };
  return { session, token: random.token(), event };
}
