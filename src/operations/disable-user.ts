import type { Clock } from '../domain/clock.ts';
import { checkExpected, type Expectation } from '../domain/expectation.ts';
import type { User } from '../domain/user.ts';
import type { Stores } from '../stores/index.ts';
import type { Author } from './actor.ts';
import { holdUser, type UserRef } from './people/find-user.ts';
import { checkMayManage, keepAdministrator } from './people/guard.ts';
import { letIn, shutOut } from './user-changes.ts';

export interface DisableUserDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
}

export interface DisableUserInput extends Author {
  readonly who: UserRef;
  readonly expected?: Expectation<User> | undefined;
}

/**
 * Shuts somebody out: all their sign-ins end at once. A second time it does nothing.
 *
 * @throws {DomainError} `user_not_found`, `rights_too_high`, `changed_meanwhile`,
 *   `last_administrator`.
 */
export async function disableUser(
  { stores, clock }: DisableUserDeps,
  { who, actor, permissions, expected }: DisableUserInput,
): Promise<User> {
  return stores.transaction(async (tx) => {
    // Held by all that takes administrators away: two cannot each leave the other as the last.
    await tx.lock('apply');
    const user = await holdUser(tx, who);
    checkMayManage({ permissions }, user);
    checkExpected(expected, user);
    if (user.disabledAt) return user;

    const now = clock.now();
    await keepAdministrator(tx, user, { ...user, disabledAt: now });
    await shutOut({ tx, now, actor }, user);
    return { ...user, disabledAt: now };
  });
}

/**
 * Lets somebody sign in again. Whom nobody shut out it leaves alone.
 *
 * @throws {DomainError} `user_not_found`, `rights_too_high`, `changed_meanwhile`.
 */
export async function enableUser(
  { stores, clock }: DisableUserDeps,
  { who, actor, permissions, expected }: DisableUserInput,
): Promise<User> {
  return stores.transaction(async (tx) => {
    const user = await holdUser(tx, who);
    checkMayManage({ permissions }, user);
    checkExpected(expected, user);
    if (user.disabledAt) await letIn({ tx, now: clock.now(), actor }, user);
    return { ...user, disabledAt: undefined };
  });
}
