/**
 * People end their own sign-ins: one of them, or all but the one they use. The list of them is
 * `stores.sessions.listOfUser`.
 *
 * @module
 */
import type { Clock } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import type { User } from '../domain/user.ts';
import { isUuid } from '../domain/uuid.ts';
import type { Stores } from '../stores/index.ts';

export interface EndSessionDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
}

export interface EndSessionInput {
  /** Who asks. */
  readonly user: User;
  readonly sessionId: string;
  readonly ip: string | undefined;
  readonly requestId: string | undefined;
}

/** @throws {DomainError} `session_not_found`, for somebody else's too. */
export async function endSession(deps: EndSessionDeps, input: EndSessionInput): Promise<void> {
  const { user, sessionId } = input;
  const ended =
    isUuid(sessionId) &&
    (await deps.stores.transaction(async (tx) => {
      if (!(await tx.sessions.end(sessionId, user.id))) return false;
      await tx.auditEvents.add({ ...describe(deps, input), reason: 'ended_by_user' });
      return true;
    }));
  if (!ended) throw new DomainError('session_not_found', undefined);
}

/** Ends all but `sessionId`; says how many. */
export async function endOtherSessions(
  deps: EndSessionDeps,
  input: EndSessionInput,
): Promise<number> {
  const { user, sessionId } = input;
  return deps.stores.transaction(async (tx) => {
    const count = await tx.sessions.endAllOfUser(user.id, sessionId);
    if (count > 0)
      await tx.auditEvents.add({
        ...describe(deps, input),
        reason: 'others_ended_by_user',
        details: { count },
      });
    return count;
  });
}

function describe({ clock }: EndSessionDeps, { user, sessionId, ip, requestId }: EndSessionInput) {
  return {
    at: clock.now(),
    type: 'session.ended',
    actorId: user.id,
    actorName: user.username,
    targetType: 'session',
    targetId: sessionId,
    ip,
    requestId,
  } as const;
}
