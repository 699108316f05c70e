import { DomainError } from '../../../domain/errors.ts';
import type { User } from '../../../domain/user.ts';
import { isUuid } from '../../../domain/uuid.ts';
import type { PeopleDeps } from './deps.ts';

/** @throws {DomainError} `user_not_found`. */
export async function findUser(
  { stores }: { readonly stores: Pick<PeopleDeps['stores'], 'users'> },
  id: string,
): Promise<User> {
  const user = isUuid(id) ? await stores.users.findById(id) : undefined;
  if (!user) throw new DomainError('user_not_found', { name: id });
  return user;
}
