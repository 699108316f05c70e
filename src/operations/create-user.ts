import type { PasswordHasher } from '../crypto/password.ts';
import type { Clock, Random } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import { groupKey } from '../domain/group.ts';
import { nearest } from '../domain/nearest.ts';
import { newLocalUser, type User } from '../domain/user.ts';
import { checkFields, type NewUserInput, newUserSchema } from '../domain/user-fields.ts';
import type { Stores, StoresInTransaction } from '../stores/index.ts';
import type { Actor } from './actor.ts';
import { checkNewPassword } from './new-password.ts';
import { addPerson } from './user-changes.ts';

export interface CreateUserDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly passwords: Pick<PasswordHasher, 'hash'>;
}

export interface CreateUserInput {
  readonly user: NewUserInput;
  /** Without one nobody signs in as this person yet. */
  readonly password: string | undefined;
  readonly actor: Actor;
}

/**
 * Adds a local person, in groups that exist.
 *
 * @throws {DomainError} `input_invalid`, `password_weak`, `login_name_taken`, `hashing_busy`.
 */
export async function createUser(
  { stores, clock, random, passwords }: CreateUserDeps,
  { user: input, password, actor }: CreateUserInput,
): Promise<User> {
  const fields = checkFields(newUserSchema, input);
  const now = clock.now();
  const { groups: wanted, displayName = fields.username, ...said } = fields;
  const known = { id: random.uuid(), username: said.username, createdAt: now };
  const user: User = { ...newLocalUser(known), ...said, displayName };
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

/** Id → name. */
async function findGroups(
  tx: Pick<StoresInTransaction, 'groups'>,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (names.length === 0) return new Map();
  const byKey = new Map((await tx.groups.list()).map((group) => [groupKey(group.name), group]));
  const found = names.map((name) => byKey.get(groupKey(name)));
  const issues = names.flatMap((name, index) => {
    if (found[index]) return [];
    const near = nearest(
      name,
      [...byKey.values()].map((group) => group.name),
    );
    const hint = near === undefined ? '' : `; did you mean ${near}?`;
    return [{ path: `groups.${index}`, message: `there is no group ${name}${hint}` }];
  });
  if (issues.length > 0) throw new DomainError('input_invalid', { issues });
  return new Map(found.flatMap((group) => (group ? [[group.id, group.name]] : [])));
}
