import type { PasswordHasher } from '../crypto/password.ts';
import type { Clock } from '../domain/clock.ts';
import type { User } from '../domain/user.ts';
import type { Stores } from '../stores/index.ts';
import type { Author } from './actor.ts';
import { checkNewPassword } from './new-password.ts';
import { holdUser, type UserRef } from './people/find-user.ts';
import { checkMayManage } from './people/guard.ts';
import { checkOwnPassword } from './upstreams/ownership.ts';
import { replacePassword } from './user-changes.ts';

export interface SetPasswordDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
  readonly passwords: Pick<PasswordHasher, 'hash'>;
}

export interface SetPasswordInput extends Author {
  readonly who: UserRef;
  readonly password: string;
}

/**
 * Sets somebody's password, as an administrator does; all their sign-ins end.
 *
 * @throws {DomainError} `user_not_found`, `rights_too_high`, `password_weak`, `hashing_busy`,
 *   `field_owned_by_upstream`.
 */
export async function setPassword(
  { stores, clock, passwords }: SetPasswordDeps,
  { who, password, actor, permissions }: SetPasswordInput,
): Promise<User> {
  const found = await stores.transaction(async (tx) => {
    const user = await holdUser(tx, who);
    checkMayManage({ permissions }, user);
    await checkOwnPassword(tx, user);
    return user;
  });
  checkNewPassword(password, found);

  const passwordHash = await passwords.hash(password);
  return stores.transaction(async (tx) => {
    // Hashing takes its time: the person may be gone, or be somebody else by now.
    const user = await holdUser(tx, { id: found.id });
    checkMayManage({ permissions }, user);
    await checkOwnPassword(tx, user);
    await replacePassword({ tx, now: clock.now(), actor }, user, passwordHash);
    return user;
  });
}
