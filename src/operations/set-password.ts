import type { PasswordHasher } from '../crypto/password.ts';
import type { Clock } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import type { Stores } from '../stores/index.ts';
import type { Actor } from './actor.ts';
import { checkNewPassword } from './new-password.ts';

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
): Promise<void> {
  const found = await stores.users.findByLoginName(name);
  if (!found) throw new DomainError('user_not_found', { name });
  const { user } = found;
  checkNewPassword(password, user);

  const passwordHash = await passwords.hash(password);
  const now = clock.now();
  await stores.transaction(async (tx) => {
    await tx.users.setPasswordHash(user.id, passwordHash, now);
    await tx.sessions.endAllOfUser(user.id);
    await tx.knownDevices.forgetUser(user.id);
    await tx.auditEvents.add({
      at: now,
      type: 'user.password_changed',
      ...actor,
      targetType: 'user',
      targetId: user.id,
      targetName: user.username,
    });
  });
}
