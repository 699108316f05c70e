import type { Clock } from '../domain/clock.ts';
import { isUuid } from '../domain/uuid.ts';
import type { Stores } from '../stores/index.ts';

export interface EndNamedSessionDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
}

export interface EndNamedSessionInput {
  readonly sessionId: string;
  readonly userId: string;
  /** The client whose ID token named it. */
  readonly clientId: string;
  readonly ip: string | undefined;
  readonly requestId: string | undefined;
}

/** Ends the sign-in that an ID token of ours names. One that has ended already is fine. */
export async function endNamedSession(
  { stores, clock }: EndNamedSessionDeps,
  { sessionId, userId, clientId, ip, requestId }: EndNamedSessionInput,
): Promise<void> {
  if (!isUuid(sessionId) || !isUuid(userId)) return;
  await stores.transaction(async (tx) => {
    if (!(await tx.sessions.end(sessionId, userId))) return;
    const user = await tx.users.findById(userId);
    await tx.auditEvents.add({
      at: clock.now(),
      type: 'session.ended',
      actorId: userId,
      actorName: user?.username,
      targetType: 'session',
      targetId: sessionId,
      reason: 'signed_out',
      details: { clientId },
      ip,
      requestId,
    });
  });
}
