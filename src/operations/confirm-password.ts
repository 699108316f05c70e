import type { PasswordHasher } from '../crypto/password.ts';
import { DomainError } from '../domain/errors.ts';
import type { Session } from '../domain/session.ts';
import { loginKey, type User } from '../domain/user.ts';
import type { Stores } from '../stores/index.ts';
import { abandonUnlessTried, beginLoginAttempt, type LoginAttemptDeps } from './login-attempt.ts';

export interface ConfirmPasswordDeps extends LoginAttemptDeps {
  readonly stores: LoginAttemptDeps['stores'] & Pick<Stores, 'sessions' | 'users'>;
  readonly passwords: PasswordHasher;
}

export interface ConfirmPasswordInput {
  readonly user: User;
  readonly session: Session;
  readonly password: string;
  readonly deviceToken: string | undefined;
  readonly ip: string | undefined;
  readonly requestId: string | undefined;
}

/**
 * Proves once more who is signed in, before something that matters; the sign-in counts as new from
 * now on. Guessing is limited as signing in is.
 *
 * @throws {DomainError} `password_wrong`, `login_limited`, `hashing_busy`.
 */
export async function confirmPassword(
  deps: ConfirmPasswordDeps,
  input: ConfirmPasswordInput,
): Promise<void> {
  const { stores, passwords, clock } = deps;
  const { user, session, password, ip, deviceToken, requestId } = input;
  const nameKey = loginKey(user.username);
  const tried = { userId: user.id, nameKey, ip, deviceToken, requestId };
  const attempt = await beginLoginAttempt(deps, tried);
  const right = await abandonUnlessTried(attempt, async () =>
    passwords.verify(await stores.users.findPasswordHash(user.id), password),
  );
  const now = clock.now();
  if (!right) {
    await stores.auditEvents.add({
      at: now,
      type: 'session.refused',
      actorId: user.id,
      actorName: user.username,
      targetType: 'user',
      targetId: user.id,
      targetName: user.username,
      reason: 'password_wrong',
      ip,
      requestId,
    });
    throw new DomainError('password_wrong', undefined);
  }
  await stores.sessions.confirm(session.id, now);
  await attempt.succeed();
}
