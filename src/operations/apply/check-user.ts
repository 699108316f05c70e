/**
 * What only the database, or the password policy, can say of a user's entry.
 *
 * @module
 */
import { type FileMistake, wrongValue } from '../../domain/config-file/mistake.ts';
import type { Placed, UserEntry } from '../../domain/config-file/schema.ts';
import type { PasswordFault } from '../../domain/errors.ts';
import { nearest } from '../../domain/nearest.ts';
import { faultsOfPassword } from '../new-password.ts';

export function checkGroups(
  { index, entry }: Placed<UserEntry>,
  groupIds: ReadonlyMap<string, string>,
): FileMistake[] {
  return (entry.groups ?? []).flatMap((name, position) => {
    if (groupIds.has(name)) return [];
    const near = nearest(name, [...groupIds.keys()]);
    const hint = near === undefined ? 'name it under groups' : `did you mean ${near}?`;
    return [wrongValue(['users', index, 'groups', position], `there is no group ${name}`, hint)];
  });
}

export function checkPasswordHash({ index, entry }: Placed<UserEntry>): FileMistake[] {
  if (entry.passwordHash === undefined || entry.password === undefined) return [];
  const path = ['users', index, 'passwordHash'];
  return [wrongValue(path, 'password and passwordHash are both given: keep one of them')];
}

/** What is wrong with a password, as the rest of a sentence about it. */
export const PASSWORD_WORDS: Readonly<Record<PasswordFault, string>> = {
  too_short: 'has fewer than 15 characters',
  too_long: 'is too long',
  common: 'is one of those that are tried first',
  contains_name: 'is little more than the name of its owner',
};

export function checkNewPassword({ index, entry }: Placed<UserEntry>): FileMistake[] {
  const { password } = entry;
  if (password === undefined) return [];
  const words = faultsOfPassword(password, entry).map((fault) => PASSWORD_WORDS[fault]);
  if (words.length === 0) return [];
  return [wrongValue(['users', index, 'password'], words.join(', '), 'choose another')];
}
