import { DomainError } from '../domain/errors.ts';
import { findPasswordFaults } from '../domain/password-policy.ts';
import type { User } from '../domain/user.ts';

/** @throws {DomainError} `password_weak`. */
export function checkNewPassword(
  password: string,
  { username, email, displayName }: Pick<User, 'username' | 'email' | 'displayName'>,
): void {
  const names = [username, displayName, email].filter((name) => name !== undefined);
  const reasons = findPasswordFaults(password, names);
  if (reasons.length > 0) throw new DomainError('password_weak', { reasons });
}
