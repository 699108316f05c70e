import type { PasswordHasher } from '../crypto/password.ts';
import type { Clock, Random } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import { groupKey } from '../domain/group.ts';
import type { User } from '../domain/user.ts';
import { checkFields, type NewUserInput, newUserSchema } from '../domain/user-fields.ts';
import type { Stores, StoresInTransaction } from '../stores/index.ts';
import type { Actor } from './actor.ts';
import { checkNewPassword } from './new-password.ts';

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
  const user: User = {
    id: random.uuid(),
    username: fields.username,
    displayName: fields.displayName ?? fields.username,
    email: fields.email,
    avatarUrl: fields.avatarUrl,
    language: fields.language,
    attributes: fields.attributes,
    source: 'local',
    role: fields.role,
    groups: [],
    disabledAt: undefined,
    createdAt: now,
  };
  if (password !== undefined) checkNewPassword(password, user);
  const passwordHash = password === undefined ? undefined : await passwords.hash(password);

  return stores.transaction(async (tx) => {
    const groups = await findGroups(tx, fields.groups);
    await tx.users.add(user, now);
    await tx.groups.setForUser(user.id, [...groups.keys()]);
    if (passwordHash !== undefined) await tx.users.setPasswordHash(user.id, passwordHash, now);
    const names = [...groups.values()].sort();
    const { username, displayName, email, role, attributes } = user;
    await tx.auditEvents.add({
      at: now,
      type: 'user.created',
      ...actor,
      targetType: 'user',
      targetId: user.id,
      targetName: username,
      details: { after: { username, displayName, email, role, attributes, groups: names } },
    });
    return { ...user, groups: names };
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
  const issues = names.flatMap((name, index) =>
    found[index] ? [] : [{ path: `groups.${index}`, message: `there is no group ${name}` }],
  );
  if (issues.length > 0) throw new DomainError('input_invalid', { issues });
  return new Map(found.flatMap((group) => (group ? [[group.id, group.name]] : [])));
}
