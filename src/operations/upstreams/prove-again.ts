import type { Directory } from '../../directory/directory.ts';
import type { DomainError } from '../../domain/errors.ts';
import { DirectoryFailure } from '../../domain/upstreams/ldap/fault.ts';
import type { User } from '../../domain/user.ts';
import type { Stores } from '../../stores/index.ts';
import { type DirectoryCatalog, unavailable } from './sign-in-by-directory.ts';

export interface ProveAgainDeps {
  readonly stores: Pick<Stores, 'identities'>;
  readonly directory: Pick<Directory, 'proveAgain'>;
  readonly catalog: DirectoryCatalog;
}

/**
 * Whether a password is that of a person in a directory that knows them. They are found as it knows
 * them, whatever they are called here.
 *
 * @throws {DomainError} `upstream_unavailable` when one could not be asked and no other says yes.
 */
export async function proveAgain(
  { stores, directory, catalog }: ProveAgainDeps,
  user: Pick<User, 'id'>,
  password: string,
): Promise<boolean> {
  const identities = await stores.identities.listOfUser(user.id);
  let unreachable: DomainError | undefined;
  for (const { upstream, secrets } of catalog.current().upstreams.values()) {
    const identity = identities.find(({ upstreamId }) => upstreamId === upstream.id);
    if (!identity || upstream.type !== 'ldap' || upstream.disabled) continue;
    const reached = { upstream, secrets };
    try {
      if (await directory.proveAgain(reached, identity.subject, password)) return true;
    } catch (error) {
      if (!(error instanceof DirectoryFailure)) throw error;
      unreachable ??= unavailable(reached, error);
    }
  }
  if (unreachable) throw unreachable;
  return false;
}
