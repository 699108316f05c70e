import { diffOf } from '../../domain/audit-diff.ts';
import type { BinItem } from '../../domain/bin.ts';
import type { Clock, Random } from '../../domain/clock.ts';
import { fromUser } from '../../domain/config-file/user-entry.ts';
import { checkExpected, type Expectation } from '../../domain/expectation.ts';
import type { User } from '../../domain/user.ts';
import type { Stores } from '../../stores/index.ts';
import type { Author } from '../actor.ts';
import { moveToBin } from '../bin.ts';
import { recordOf } from '../user-changes.ts';
import { holdUser, type UserRef } from './find-user.ts';
import { checkMayManage, keepAdministrator } from './guard.ts';

export interface RemoveUserDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
  readonly random: Pick<Random, 'uuid'>;
}

export interface RemoveUserInput extends Author {
  readonly who: UserRef;
  readonly expected?: Expectation<User> | undefined;
}

/**
 * Puts somebody into the bin: they are signed out, and their name is free for another.
 *
 * @throws {DomainError} `user_not_found`, `rights_too_high`, `changed_meanwhile`,
 *   `last_administrator`.
 */
export async function removeUser(
  { stores, clock, random }: RemoveUserDeps,
  { who, expected, actor, permissions }: RemoveUserInput,
): Promise<BinItem> {
  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const user = await holdUser(tx, who);
    checkMayManage({ permissions }, user);
    checkExpected(expected, user);
    await keepAdministrator(tx, user, undefined);

    const now = clock.now();
    await recordOf({ tx, now, actor }, 'user.removed', user, {
      ...diffOf(fromUser(user), undefined),
    });
    const thing = { kind: 'user', objectId: user.id, name: user.username } as const;
    return moveToBin({ tx, now, random, actor }, thing);
  });
}
