import { diffOf, isEmpty } from '../../domain/audit-diff.ts';
import type { Clock } from '../../domain/clock.ts';
import { fromUser } from '../../domain/config-file/user-entry.ts';
import { checkExpected, type Expectation } from '../../domain/expectation.ts';
import type { User } from '../../domain/user.ts';
import { checkFields, type UserChangeInput, userChangeSchema } from '../../domain/user-fields.ts';
import type { Stores } from '../../stores/index.ts';
import type { Author } from '../actor.ts';
import { checkOwned } from '../upstreams/ownership.ts';
import { letIn, recordOf, settleIdentity, shutOut, type UserChange } from '../user-changes.ts';
import { findGroups } from './find-groups.ts';
import { holdUser, type UserRef } from './find-user.ts';
import { checkMayManage, checkRoleChange, keepAdministrator } from './guard.ts';

export interface UpdateUserDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
}

export interface UpdateUserInput extends Author {
  readonly who: UserRef;
  readonly changes: UserChangeInput;
  readonly expected?: Expectation<User> | undefined;
}

/**
 * Changes what administrators change of a person. Whom it disables is signed out; a new e-mail
 * address takes the links that were sent to the old one with it, a new role those made before. Who
 * may do more than before is signed out and needs a new password.
 *
 * @throws {DomainError} `user_not_found`, `input_invalid`, `changed_meanwhile`,
 *   `login_name_taken`, `last_administrator`, `permission_required`, `rights_too_high`,
 *   `field_owned_by_upstream`.
 */
export async function updateUser(
  { stores, clock }: UpdateUserDeps,
  { who, changes: input, expected, actor, permissions }: UpdateUserInput,
): Promise<User> {
  const changes = checkFields(userChangeSchema, input);
  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const user = await holdUser(tx, who);
    checkMayManage({ permissions }, user);
    checkExpected(expected, user);

    const now = clock.now();
    const groups = changes.groups && (await findGroups(tx, changes.groups));
    const wanted = changed(user, { ...changes, groups: groups && [...groups.values()] }, now);
    checkRoleChange({ permissions }, user.role, wanted);
    await keepAdministrator(tx, user, wanted);
    const groupIds = groups && [...groups.keys()];
    return writeUser({ tx, now, actor }, { before: user, after: wanted, groupIds });
  });
}

export interface UserWrite {
  readonly before: User;
  readonly after: User;
  /** Absent: they stay. */
  readonly groupIds: readonly string[] | undefined;
  /** `given`: whoever calls sets another one. */
  readonly password?: 'given' | 'kept';
}

/**
 * Whoever calls has seen that it may be, and that an administrator is left.
 *
 * @throws {DomainError} `field_owned_by_upstream`.
 */
export async function writeUser(change: UserChange, write: UserWrite): Promise<User> {
  await checkOwned(change.tx, write.before, write.after);
  return writeOwned(change, write);
}

/** The same for an upstream itself, whose own fields are. */
export async function writeOwned(
  change: UserChange,
  { before, after, groupIds, password = 'kept' }: UserWrite,
): Promise<User> {
  const { tx, now } = change;
  const difference = diffOf(fromUser(before), fromUser(after));
  if (isEmpty(difference)) return before;

  await tx.users.update(after, now);
  if (groupIds) await tx.groups.setForUser(after.id, groupIds);
  await settleIdentity(change, { before, after, password });
  await recordOf(change, 'user.updated', after, { ...difference });
  if (before.disabledAt && !after.disabledAt) await letIn(change, after);
  if (after.disabledAt && !before.disabledAt) await shutOut(change, after);
  return after;
}

type Changes = Omit<UserChangeInput, 'groups'> & { readonly groups: readonly string[] | undefined };

function changed(user: User, changes: Changes, now: Date): User {
  const { username, displayName, attributes, groups, disabled } = changes;
  const since = user.disabledAt;
  return {
    ...user,
    username: username ?? user.username,
    displayName: displayName ?? user.displayName,
    email: wish(changes.email, user.email),
    language: wish(changes.language, user.language),
    avatarUrl: wish(changes.avatarUrl, user.avatarUrl),
    attributes: attributes ?? user.attributes,
    groups: groups ? [...groups].sort() : user.groups,
    role: wish(changes.role, user.role),
    disabledAt: disabled === undefined ? since : disabled ? (since ?? now) : undefined,
  };
}

/** Absent: as it was. `null`: none. */
function wish<Value>(wanted: Value | null | undefined, now: Value | undefined): Value | undefined {
  return wanted === undefined ? now : (wanted ?? undefined);
}
