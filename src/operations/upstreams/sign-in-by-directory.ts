/**
 * People whose password is a directory's.
 *
 * @module
 */
import type { Authentication, Directory, Reached } from '../../directory/directory.ts';
import { DomainError, isDomainError } from '../../domain/errors.ts';
import { DirectoryFailure } from '../../domain/upstreams/ldap/fault.ts';
import { directoriesFor } from '../../domain/upstreams/ldap/routing.ts';
import type { User } from '../../domain/user.ts';
import type { LiveUpstream } from '../issuer-catalog.ts';
import type { LoginAttempt } from '../login-attempt.ts';
import { type RememberDeviceDeps, rememberDevice } from '../remember-device.ts';
import { type AdmitDeps, type AdmitInput, admit } from './admit.ts';
import type { StartedSession } from '../start-session.ts';

/** Which directories there are. */
export interface DirectoryCatalog {
  current(): {
    readonly upstreams: ReadonlyMap<string, Pick<LiveUpstream, 'upstream' | 'secrets'>>;
  };
}

export interface DirectorySignInDeps extends AdmitDeps {
  readonly stores: AdmitDeps['stores'] & RememberDeviceDeps['stores'];
  readonly directory: Pick<Directory, 'authenticate'>;
  readonly catalog: DirectoryCatalog;
}

export interface DirectorySignInInput
  extends Omit<AdmitInput, 'upstream' | 'assertion' | 'methods'> {
  readonly name: string;
  readonly password: string;
  /** Who has the name here. */
  readonly found: { readonly user: User; readonly passwordHash: string | undefined } | undefined;
  readonly deviceToken: string | undefined;
  readonly attempt: LoginAttempt;
}

export type DirectorySignIn =
  | (StartedSession & { readonly user: User; readonly deviceToken: string })
  /** `undefined`: no directory was asked for the person. */
  | { readonly refusal: string | undefined };

/** Of the audit log. */
export const REFUSALS: Readonly<Record<Exclude<Authentication['kind'], 'right'>, string>> = {
  unknown_name: 'name_unknown',
  wrong: 'password_wrong',
  disabled: 'user_disabled',
  expired: 'password_expired',
  locked: 'account_locked',
  ambiguous: 'name_ambiguous',
};

/**
 * Asks the directories that may know the person, until one lets them in.
 *
 * Who has a password of their own here is asked for at none. They are all asked the same then, for
 * nobody: otherwise the time it takes would tell which accounts are our own.
 *
 * @throws {DomainError} `upstream_unavailable` when one could not be asked and no other knows the
 *   name; what `admit` throws.
 */
export async function signInByDirectory(
  deps: DirectorySignInDeps,
  input: DirectorySignInInput,
): Promise<DirectorySignIn> {
  const { found, name, password } = input;
  const upstreams = [...deps.catalog.current().upstreams.values()];
  const { own, decoys } = directoriesFor(upstreams, name, found);
  if (own.length === 0) {
    await askForNobody(deps, decoys);
    return { refusal: undefined };
  }

  let refusal = REFUSALS.unknown_name;
  let unreachable: DomainError | undefined;
  for (const reached of own) {
    try {
      const answer = await deps.directory.authenticate(reached, name, password);
      if (answer.kind === 'right') return await letIn(deps, input, { ...answer, reached });
      if (answer.kind !== 'unknown_name') refusal = REFUSALS[answer.kind];
    } catch (error) {
      if (!(error instanceof DirectoryFailure)) throw error;
      unreachable ??= unavailable(reached, error);
    }
  }
  // A password that was looked at counts, wherever else it could not be.
  if (unreachable && refusal === REFUSALS.unknown_name) throw unreachable;
  return { refusal };
}

/** Nobody has such a name: it is not the person's, nor is the password. */
async function askForNobody(
  { directory, random }: DirectorySignInDeps,
  decoys: readonly Reached[],
): Promise<void> {
  for (const reached of decoys)
    await directory
      .authenticate(reached, random.token(), random.token())
      .catch((error: unknown) => {
        if (!(error instanceof DirectoryFailure)) throw error;
      });
}

interface Proved extends Extract<Authentication, { kind: 'right' }> {
  readonly reached: Reached;
}

async function letIn(
  deps: DirectorySignInDeps,
  input: DirectorySignInInput,
  { assertion, reached }: Proved,
): Promise<DirectorySignIn> {
  const { attempt, deviceToken: previousToken } = input;
  const { upstream } = reached;
  const proved = { ...input, upstream, assertion, methods: ['pwd'] as const };
  const admitted = await admit(deps, proved).catch(async (error: unknown) => {
    // The password was right: that the person is not let in is no guess that failed.
    if (isDomainError(error) && error.code !== 'login_failed') await attempt.abandon();
    throw error;
  });
  await attempt.succeed();
  const deviceToken = await rememberDevice(deps, { userId: admitted.user.id, previousToken });
  return { ...admitted, deviceToken };
}

export function unavailable({ upstream }: Reached, failure: DirectoryFailure): DomainError {
  const { slug, name } = upstream;
  const { code: fault, message: detail } = failure;
  return new DomainError('upstream_unavailable', { slug, name, fault, detail }, { cause: failure });
}
