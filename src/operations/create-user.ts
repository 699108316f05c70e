import type { PasswordHasher } from '../crypto/password.ts';
import type { Clock, Random } from '../domain/clock.ts';
import { newLocalUser, type User } from '../domain/user.ts';
import { checkFields, type NewUserInput, newUserSchema } from '../domain/user-fields.ts';
import type { Stores } from '../stores/index.ts';
import type { Author } from './actor.ts';
import { checkNewPassword } from './new-password.ts';
import { findGroups } from './people/find-groups.ts';
import { checkRoleChange } from './people/guard.ts';
import { addPerson } from './user-changes.ts';

export interface CreateUserDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly passwords: Pick<PasswordHasher, 'hash'>;
}

export interface CreateUserInput extends Author {
  readonly user: NewUserInput;
  /** Without one nobody signs in as this person yet. */
  readonly password: string | undefined;
}

/**
 * Adds a local person, in groups that exist.
 *
 * @throws {DomainError} `input_invalid`, `password_weak`, `login_name_taken`, `hashing_busy`,
 *   `permission_required`, `rights_too_high`.
 */
export async function createUser(
  { stores, clock, random, passwords }: CreateUserDeps,
  { user: input, password, actor, permissions }: CreateUserInput,
): Promise<User> {
  const fields = checkFields(newUserSchema, input);
  const now = clock.now();
  const { groups: wanted, displayName = fields.username, disabled, ...said } = fields;
  const known = { id: random.uuid(), username: said.username, createdAt: now };
  const user: User = {
    ...newLocalUser(known),
    ...said,
    displayName,
    disabledAt: disabled ? now : undefined,
  };
  checkRoleChange({ permissions }, undefined, user);
  if (password !== undefined) checkNewPassword(password, user);
  const passwordHash = password === undefined ? undefined : await passwords.hash(password);

  return stores.transaction(async (tx) => {
    // An apply may be removing the very groups.
    await tx.lock('apply');
    const groups = await findGroups(tx, wanted);
    const person = { ...user, groups: [...groups.values()].sort() };
    const change = { tx, now, actor };
    await addPerson(change, { user: person, groupIds: [...groups.keys()], passwordHash });
    return person;
  });
}
