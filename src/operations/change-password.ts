import type { PasswordHasher } from '../crypto/password.ts';
import { DomainError } from '../domain/errors.ts';
import type { Session } from '../domain/session.ts';
import { loginKey, type User } from '../domain/user.ts';
import type { Stores } from '../stores/index.ts';
import { abandonUnlessTried, beginLoginAttempt, type LoginAttemptDeps } from './login-attempt.ts';
import { checkNewPassword } from './new-password.ts';
import { rememberDevice } from './remember-device.ts';
import { type StartedSession, type StartSessionDeps, startSession } from './start-session.ts';

export interface ChangePasswordDeps extends LoginAttemptDeps, Omit<StartSessionDeps, 'stores'> {
  readonly stores: LoginAttemptDeps['stores'] & Pick<Stores, 'transaction' | 'users'>;
  readonly passwords: PasswordHasher;
}

export interface ChangePasswordInput {
  /** Who is signed in, and how. */
  readonly user: User;
  readonly session: Session;
  readonly currentPassword: string;
  readonly newPassword: string;
  readonly deviceToken: string | undefined;
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
  readonly requestId: string | undefined;
}

export interface ChangedPassword extends StartedSession {
  /** For the device cookie. */
  readonly deviceToken: string;
}

/**
 * Changes a person's own password. All their sign-ins end, this one goes on under a new secret;
 * their other browsers are strangers again. Guessing the current one is limited as signing in is.
 *
 * @throws {DomainError} `password_wrong`, `password_weak`, `login_limited`, `hashing_busy`.
 */
export async function changePassword(
  deps: ChangePasswordDeps,
  input: ChangePasswordInput,
): Promise<ChangedPassword> {
  const { stores, passwords } = deps;
  const { user, currentPassword, newPassword, ip, deviceToken, requestId } = input;
  checkNewPassword(newPassword, user);

  const nameKey = loginKey(user.username);
  const tried = { userId: user.id, nameKey, ip, deviceToken, requestId };
  const attempt = await beginLoginAttempt(deps, tried);
  const changed = await abandonUnlessTried(attempt, async () => {
    const from = await stores.users.findPasswordHash(user.id);
    const right = await passwords.verify(from, currentPassword);
    if (!right || from === undefined) return undefined;
    return replace(deps, input, { from, to: await passwords.hash(newPassword) });
  });
  if (!changed) {
    await stores.auditEvents.add({ ...describe(deps, input), type: 'session.refused' });
    throw new DomainError('password_wrong', undefined);
  }
  await attempt.succeed();
  return changed;
}

/** In one transaction; `undefined` when somebody else changed it meanwhile. */
async function replace(
  deps: ChangePasswordDeps,
  input: ChangePasswordInput,
  change: { readonly from: string; readonly to: string },
): Promise<ChangedPassword | undefined> {
  const { user, session } = input;
  return deps.stores.transaction(async (tx) => {
    if (!(await tx.users.replacePasswordHash(user.id, change, deps.clock.now()))) return undefined;
    await tx.sessions.endAllOfUser(user.id);
    await tx.knownDevices.forgetUser(user.id);
    await tx.passwordLinks.revokeOf(user.id);
    const { reason: _reason, ...event } = describe(deps, input);
    const details = { after: { password: 'changed' } };
    await tx.auditEvents.add({ ...event, type: 'user.password_changed', details });

    const inTransaction = { ...deps, stores: tx };
    const started = await startSession(inTransaction, {
      ...input,
      methods: ['pwd'],
      remember: session.remembered,
      previousToken: undefined,
    });
    const device = { userId: user.id, previousToken: input.deviceToken };
    return { ...started, deviceToken: await rememberDevice(inTransaction, device) };
  });
}

function describe({ clock }: ChangePasswordDeps, { user, ip, requestId }: ChangePasswordInput) {
  return {
    at: clock.now(),
    actorId: user.id,
    actorName: user.username,
    targetType: 'user',
    targetId: user.id,
    targetName: user.username,
    reason: 'password_wrong',
    ip,
    requestId,
  };
}
