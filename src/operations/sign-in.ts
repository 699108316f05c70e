import { tokenHash } from '../crypto/digest.ts';
import type { PasswordHasher } from '../crypto/password.ts';
import { DomainError, isDomainError } from '../domain/errors.ts';
import { isWeakerHash } from '../domain/password-hash.ts';
import { loginKey, type User } from '../domain/user.ts';
import type { CatalogSnapshot } from './issuer-catalog.ts';
import { maySignInLocally, SIGN_IN_SETTING } from '../domain/sign-in-setting.ts';
import type { Stores } from '../stores/index.ts';
import type { UserWithPassword } from '../stores/users.ts';
import {
  abandonUnlessTried,
  beginLoginAttempt,
  describeName,
  type LoginAttempt,
  type LoginAttemptDeps,
} from './login-attempt.ts';
import { newDevice } from './remember-device.ts';
import { newSession, type StartedSession } from './start-session.ts';
import { type DirectorySignInDeps, signInByDirectory } from './upstreams/sign-in-by-directory.ts';

export interface SignInDeps
  extends LoginAttemptDeps,
    Omit<DirectorySignInDeps, 'stores' | 'catalog'> {
  readonly catalog: {
    current(): ReturnType<DirectorySignInDeps['catalog']['current']> &
      Pick<CatalogSnapshot, 'settings'>;
  };
  readonly stores: LoginAttemptDeps['stores'] &
    DirectorySignInDeps['stores'] &
    Pick<Stores, 'signIns' | 'users'>;
  readonly passwords: PasswordHasher;
}

export interface SignInInput {
  /** Username or e-mail address, as typed. */
  readonly name: string;
  readonly password: string;
  readonly remember: boolean;
  /** What the browser's cookies hold now. */
  readonly previousToken: string | undefined;
  readonly deviceToken: string | undefined;
  /** `undefined` when the address cannot be believed. */
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
  readonly requestId: string | undefined;
}

export interface SignedIn extends StartedSession {
  readonly user: User;
  /** For the device cookie, in place of the old one: this browser keeps its own count. */
  readonly deviceToken: string;
}

/** Longer than any name we take: what is cut off cannot make it another's. */
const NAME_MAX = 400;

/**
 * Turns name and password into a sign-in: of our own, or of a directory.
 *
 * Unknown, wrong and disabled are one answer, after the same work; the audit log tells them apart.
 *
 * @throws {DomainError} `login_failed`, `login_limited`, `hashing_busy`, `upstream_unavailable`; what
 *   `admit` throws for whom a directory vouches for and who is not let in.
 */
export async function signIn(deps: SignInDeps, input: SignInInput): Promise<SignedIn> {
  const { stores } = deps;
  // Postgres takes no NUL, and no name of ours has one.
  const name = input.name.slice(0, NAME_MAX).replaceAll('\0', '\uFFFD');
  const { ip, deviceToken, requestId } = input;

  const deviceHash = deviceToken === undefined ? undefined : tokenHash(deviceToken);
  const found = await stores.users.findForSignIn(name, deviceHash);
  const tried = {
    userId: found?.user.id,
    nameKey: loginKey(name),
    ip,
    deviceToken,
    knowsDevice: found?.knowsDevice ?? false,
    requestId,
  };
  const attempt = await beginLoginAttempt(deps, tried);
  const proof = { ...input, name, found, attempt };
  const signedIn = await abandonUnlessTried(
    attempt,
    async () =>
      (await prove(deps, { ...proof, roundsLeft: 1 })) ??
      (await signInByDirectory(deps, { ...proof, found: asDirectorySees(deps, found) })),
  );
  if ('refusal' in signedIn) {
    await stores.auditEvents.add({
      at: deps.clock.now(),
      type: 'session.refused',
      reason: signedIn.refusal ?? refusalOf(deps, found),
      ...describeName(deps, tried),
      ip,
      requestId,
    });
    throw new DomainError('login_failed', undefined);
  }
  return signedIn;
}

interface Proof extends SignInInput {
  readonly found: UserWithPassword | undefined;
  readonly attempt: LoginAttempt;
  /** How often to look again when the hash changed while it was checked. */
  readonly roundsLeft: number;
}

/** `undefined` when it is not the person, or one who may not sign in. */
async function prove(deps: SignInDeps, proof: Proof): Promise<SignedIn | undefined> {
  const { stores, passwords } = deps;
  const { found, name, password, roundsLeft } = proof;
  const right = await passwords.verify(found?.passwordHash, password);
  if (!right || !found?.passwordHash || found.user.disabledAt) return undefined;
  if (!isLocalFine(deps, found.user)) return undefined;

  const signedIn = await start(deps, { ...proof, found, passwordHash: found.passwordHash });
  if (signedIn) {
    await strengthen(deps, { user: found.user, passwordHash: found.passwordHash, password });
    return signedIn;
  }
  // Changed, disabled, or only hashed anew meanwhile.
  if (roundsLeft === 0) return undefined;
  const again = await stores.users.findByLoginName(name);
  return prove(deps, { ...proof, found: again, roundsLeft: roundsLeft - 1 });
}

/** A password changed or a person disabled meanwhile starts nothing: `undefined`. */
async function start(
  { stores, ...deps }: SignInDeps,
  input: Proof & { readonly found: UserWithPassword; readonly passwordHash: string },
): Promise<SignedIn | undefined> {
  const { passwordHash, previousToken } = input;
  const { user } = input.found;
  const { session, token, event } = newSession(deps, { ...input, user, methods: ['pwd'] });
  const whose = { userId: user.id, previousToken: input.deviceToken };
  const { token: deviceToken, device } = newDevice(deps.random, whose);

  const begun = await stores.signIns.begin({
    passwordHash,
    session,
    tokenHash: tokenHash(token),
    previousTokenHash: previousToken === undefined ? undefined : tokenHash(previousToken),
    event,
    device,
    counted: input.attempt.counted,
  });
  return begun ? { session, token, user, deviceToken } : undefined;
}

/** Hashes the password anew when today we ask for more work. When we are busy, another time. */
async function strengthen(
  { stores, passwords }: SignInDeps,
  weak: { readonly user: User; readonly passwordHash: string; readonly password: string },
): Promise<void> {
  if (!isWeakerHash(weak.passwordHash)) return;
  try {
    const stronger = await passwords.hash(weak.password);
    await stores.users.rehash(weak.user.id, weak.passwordHash, stronger);
  } catch (error) {
    if (!isDomainError(error) || error.code !== 'hashing_busy') throw error;
  }
}

/** A password that signs nobody in keeps nobody from their directory. */
function asDirectorySees(
  deps: SignInDeps,
  found: UserWithPassword | undefined,
): UserWithPassword | undefined {
  return (
    found && {
      ...found,
      passwordHash: isLocalFine(deps, found.user) ? found.passwordHash : undefined,
    }
  );
}

/** Asked after the work: who comes from an upstream alone is refused like a wrong password. */
function isLocalFine({ catalog }: SignInDeps, user: User): boolean {
  return maySignInLocally(user, catalog.current().settings.get(SIGN_IN_SETTING));
}

/** Of the audit log alone. */
function refusalOf(deps: SignInDeps, found: UserWithPassword | undefined): string {
  if (!found) return 'name_unknown';
  if (found.user.disabledAt) return 'user_disabled';
  return isLocalFine(deps, found.user) ? 'password_wrong' : 'not_signed_in_locally';
}
