import type { Directory, Reached } from '../../directory/directory.ts';
import { DomainError } from '../../domain/errors.ts';
import { DirectoryFailure } from '../../domain/upstreams/ldap/fault.ts';
import { loginKey, type User } from '../../domain/user.ts';
import type { Stores } from '../../stores/index.ts';
import { abandonUnlessTried, beginLoginAttempt, type LoginAttemptDeps } from '../login-attempt.ts';
import { type LinkDeps, type LinkInput, linkIdentity } from './links.ts';
import { REFUSALS, unavailable } from './sign-in-by-directory.ts';

export interface LinkDirectoryDeps extends LinkDeps, LoginAttemptDeps {
  readonly stores: LinkDeps['stores'] & LoginAttemptDeps['stores'] & Pick<Stores, 'users'>;
  readonly directory: Pick<Directory, 'authenticate'>;
}

export interface LinkDirectoryInput extends Omit<LinkInput, 'userId' | 'upstream' | 'assertion'> {
  /** Who is signed in, and proved so lately. */
  readonly user: User;
  readonly reached: Reached;
  /** As the directory knows them. */
  readonly name: string;
  readonly password: string;
  readonly deviceToken: string | undefined;
}

/**
 * Links an account to the entry whose password its owner knows. A guess counts as one at the sign-in
 * page does: for whoever has that name.
 *
 * @throws {DomainError} `password_wrong` for all that is not right, `login_limited`,
 *   `upstream_unavailable`; what `linkIdentity` throws.
 */
export async function linkDirectory(
  deps: LinkDirectoryDeps,
  { user, reached, name, password, deviceToken, ip, requestId }: LinkDirectoryInput,
): Promise<User> {
  const { stores, clock, directory } = deps;
  const { upstream } = reached;
  const userId = (await stores.users.findByLoginName(name))?.user.id;
  const tried = { userId, nameKey: loginKey(name), ip, deviceToken, requestId };
  const attempt = await beginLoginAttempt(deps, tried);
  const answer = await abandonUnlessTried(attempt, () =>
    directory.authenticate(reached, name, password).catch((error: unknown) => {
      throw error instanceof DirectoryFailure ? unavailable(reached, error) : error;
    }),
  );
  if (answer.kind !== 'right') {
    await stores.auditEvents.add({
      at: clock.now(),
      type: 'session.refused',
      actorId: user.id,
      actorName: user.username,
      reason: REFUSALS[answer.kind],
      details: { upstream: upstream.slug },
      ip,
      requestId,
    });
    throw new DomainError('password_wrong', undefined);
  }
  await attempt.succeed();
  const { assertion } = answer;
  return linkIdentity(deps, { userId: user.id, upstream, assertion, ip, requestId });
}
