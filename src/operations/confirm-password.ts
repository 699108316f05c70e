import type { PasswordHasher } from '../crypto/password.ts';
import { DomainError } from '../domain/errors.ts';
import type { Session } from '../domain/session.ts';
import { loginKey, type User } from '../domain/user.ts';
import type { Stores } from '../stores/index.ts';
import { abandonUnlessTried, beginLoginAttempt, type LoginAttemptDeps } from './login-attempt.ts';
import { type ProveAgainDeps, proveAgain } from './upstreams/prove-again.ts';

export interface ConfirmPasswordDeps extends LoginAttemptDeps, Omit<ProveAgainDeps, 'stores'> {
  readonly stores: LoginAttemptDeps['stores'] &
    ProveAgainDeps['stores'] &
    Pick<Stores, 'sessions' | 'users'>;
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
 * now on. Guessing is limited as signing in is. Who has no password here proves it where they have.
 *
 * @throws {DomainError} `password_wrong`, `login_limited`, `hashing_busy`, `upstream_unavailable`.
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
  const right = await abandonUnlessTried(attempt, async () => {
    const hash = await stores.users.findPasswordHash(user.id);
    return hash === undefined ? proveAgain(deps, user, password) : passwords.verify(hash, password);
  });
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
