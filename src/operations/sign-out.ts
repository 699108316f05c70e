import { tokenHash } from '../crypto/digest.ts';
import type { Clock } from '../domain/clock.ts';
import type { Stores } from '../stores/index.ts';

export interface SignOutDeps {
  readonly stores: Pick<Stores, 'sessions' | 'transaction'>;
  readonly clock: Clock;
}

export interface SignOutInput {
  /** Of the cookie. */
  readonly token: string;
  readonly ip: string | undefined;
  readonly requestId: string | undefined;
}

/** Ends the sign-in of a cookie. A second time it does nothing. */
export async function signOut(
  { stores, clock }: SignOutDeps,
  { token, ip, requestId }: SignOutInput,
): Promise<void> {
  const now = clock.now();
  const live = await stores.sessions.findAlive(tokenHash(token), now);
  if (!live) return stores.sessions.endByToken(tokenHash(token));

  const { session, user } = live;
  await stores.transaction(async (tx) => {
    if (!(await tx.sessions.end(session.id, user.id))) return;
    await tx.auditEvents.add({
      at: now,
      type: 'session.ended',
      actorId: user.id,
      actorName: user.username,
      targetType: 'session',
      targetId: session.id,
      reason: 'signed_out',
      ip,
      requestId,
    });
  });
}
