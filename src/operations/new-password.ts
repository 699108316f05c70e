import { DomainError, type PasswordFault } from '../domain/errors.ts';
import { findPasswordFaults } from '../domain/password-policy.ts';

/** Whom a password is for, as far as it must not be made of their names. */
export interface PasswordOwner {
  readonly username: string;
  readonly displayName?: string | undefined;
  readonly email?: string | null | undefined;
}

export function faultsOfPassword(
  password: string,
  { username, email, displayName }: PasswordOwner,
): PasswordFault[] {
  const names = [username, displayName, email].filter((name) => typeof name === 'string');
  return findPasswordFaults(password, names);
}

/** @throws {DomainError} `password_weak`. */
export function checkNewPassword(password: string, owner: PasswordOwner): void {
  const reasons = faultsOfPassword(password, owner);
  if (reasons.length > 0) throw new DomainError('password_weak', { reasons });
}
