import { DomainError } from '../../domain/errors.ts';
import type { User } from '../../domain/user.ts';
import { isUuid } from '../../domain/uuid.ts';
import type { StoresInTransaction } from '../../stores/index.ts';
import { holdByName } from '../user-changes.ts';

/** A person by UUID, or by username or e-mail address in whatever form it was typed. */
export type UserRef = { readonly id: string } | { readonly name: string };

/**
 * The person, whom nobody else changes before the transaction ends.
 *
 * @throws {DomainError} `user_not_found`.
 */
export async function holdUser(
  { users }: Pick<StoresInTransaction, 'users'>,
  ref: UserRef,
): Promise<User> {
  if ('name' in ref) return holdByName({ users }, ref.name);
  const user = isUuid(ref.id) ? await users.hold(ref.id) : undefined;
  if (!user) throw new DomainError('user_not_found', { name: ref.id });
  return user;
}
