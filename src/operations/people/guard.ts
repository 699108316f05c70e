/**
 * Who may do what to whom. Whoever looks after people must not become more than they are by it:
 * neither by a role they give themselves, nor by the password of somebody who may do more.
 *
 * Groups are theirs to change, their own too: that is what looking after groups means, and rules
 * that give rights in rooms name them. No group gives a right in the administration.
 *
 * @module
 */
import { DomainError } from '../../domain/errors.ts';
import { mayManage, type UserRole } from '../../domain/permissions.ts';
import { administers, losesLastAdministrator, type User } from '../../domain/user.ts';
import type { StoresInTransaction } from '../../stores/index.ts';
import type { Author } from '../actor.ts';

/** @throws {DomainError} `rights_too_high`. */
export function checkMayManage(
  { permissions }: Pick<Author, 'permissions'>,
  { role, username }: Pick<User, 'role' | 'username'>,
): void {
  if (!mayManage(permissions, role)) throw new DomainError('rights_too_high', { name: username });
}

/**
 * Nobody gives, or takes, a right they do not have.
 *
 * @throws {DomainError} `permission_required`, `rights_too_high`.
 */
export function checkRoleChange(
  { permissions }: Pick<Author, 'permissions'>,
  before: UserRole | undefined,
  { role, username }: Pick<User, 'role' | 'username'>,
): void {
  if (role === before) return;
  if (!permissions.includes('roles:write'))
    throw new DomainError('permission_required', { permission: 'roles:write' });
  checkMayManage({ permissions }, { role: before, username });
  checkMayManage({ permissions }, { role, username });
}

/**
 * Only in a transaction that holds the lock `apply`: two cannot each leave the other as the last.
 *
 * @param after `undefined`: removed.
 * @throws {DomainError} `last_administrator`.
 */
export async function keepAdministrator(
  { users }: Pick<StoresInTransaction, 'users'>,
  before: User,
  after: User | undefined,
): Promise<void> {
  const lost = weight(before) - weight(after);
  if (lost === 0) return;
  const administrators = await users.countAdministrators();
  if (losesLastAdministrator(administrators, administrators - lost))
    throw new DomainError('last_administrator', undefined);
}

const weight = (user: User | undefined) => (user && administers(user) ? 1 : 0);
