import { tokenHash } from '../crypto/digest.ts';
import type { Clock } from '../domain/clock.ts';
import { idleEnd, isTouchDue, type SessionLifetimes } from '../domain/session.ts';
import type { Stores } from '../stores/index.ts';
import type { LiveSession } from '../stores/session-row.ts';

export interface ResolveSessionDeps {
  readonly stores: Pick<Stores, 'sessions'>;
  readonly clock: Clock;
  readonly lifetimes: SessionLifetimes;
}

/** What `Random.token` makes; anything else never was a cookie of ours. */
const TOKEN = /^[\w-]{43}$/;

/**
 * The sign-in a cookie stands for. One round trip; once a minute a second one, to remember that it
 * is in use.
 */
export async function resolveSession(
  { stores, clock, lifetimes }: ResolveSessionDeps,
  token: string | undefined,
): Promise<LiveSession | undefined> {
  if (token === undefined || !TOKEN.test(token)) return undefined;

  const now = clock.now();
  const live = await stores.sessions.findAlive(tokenHash(token), now);
  if (live && isTouchDue(live.session, now))
    await stores.sessions.touch(live.session.id, now, idleEnd(live.session, now, lifetimes));
  return live;
}
