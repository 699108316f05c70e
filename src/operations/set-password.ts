import type { PasswordHasher } from '../crypto/password.ts';
import type { Clock } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import type { User } from '../domain/user.ts';
import type { Stores } from '../stores/index.ts';
import type { Actor } from './actor.ts';
import { checkNewPassword } from './new-password.ts';
import { replacePassword } from './user-changes.ts';

export interface SetPasswordDeps {
  readonly stores: Pick<Stores, 'transaction' | 'users'>;
  readonly clock: Clock;
  readonly passwords: Pick<PasswordHasher, 'hash'>;
}

export interface SetPasswordInput {
  /** Username or e-mail address. */
  readonly name: string;
  readonly password: string;
  readonly actor: Actor;
}

/**
 * Sets somebody's password, as an administrator does; all their sign-ins end.
 *
 * @throws {DomainError} `user_not_found`, `password_weak`, `hashing_busy`.
 */
export async function setPassword(
  { stores, clock, passwords }: SetPasswordDeps,
  { name, password, actor }: SetPasswordInput,
): Promise<User> {
  const found = await stores.users.findByLoginName(name);
  if (!found) throw new DomainError('user_not_found', { name });
  checkNewPassword(password, found.user);

  const passwordHash = await passwords.hash(password);
  return stores.transaction(async (tx) => {
    // Hashing takes its time: the person may be gone.
    const user = await tx.users.hold(found.user.id);
    if (!user) throw new DomainError('user_not_found', { name });
    await replacePassword({ tx, now: clock.now(), actor }, user, passwordHash);
    return user;
  });
}
