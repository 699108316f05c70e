import type { Clock } from '../../domain/clock.ts';
import { DomainError } from '../../domain/errors.ts';
import { isUuid } from '../../domain/uuid.ts';
import type { Stores } from '../../stores/index.ts';
import type { Author } from '../actor.ts';
import { holdUser, type UserRef } from './find-user.ts';
import { checkMayManage } from './guard.ts';

export interface EndUserSessionsInput extends Author {
  readonly who: UserRef;
  /** Absent: all of them. */
  readonly sessionId?: string | undefined;
}

/**
 * Ends somebody else's sign-ins, as administrators do; says how many.
 *
 * @throws {DomainError} `user_not_found`, `rights_too_high`, `session_not_found`.
 */
export async function endUserSessions(
  { stores, clock }: { readonly stores: Pick<Stores, 'transaction'>; readonly clock: Clock },
  { who, sessionId, actor, permissions }: EndUserSessionsInput,
): Promise<number> {
  return stores.transaction(async (tx) => {
    const user = await holdUser(tx, who);
    checkMayManage({ permissions }, user);
    const count =
      sessionId === undefined
        ? await tx.sessions.endAllOfUser(user.id)
        : Number(isUuid(sessionId) && (await tx.sessions.end(sessionId, user.id)));
    if (count === 0 && sessionId !== undefined)
      throw new DomainError('session_not_found', undefined);
    if (count > 0)
      await tx.auditEvents.add({
        at: clock.now(),
        type: 'session.ended',
        reason: 'ended_by_administrator',
        ...actor,
        targetType: 'user',
        targetId: user.id,
        targetName: user.username,
        details: { count },
      });
    return count;
  });
}
