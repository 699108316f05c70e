import { type Change, compareFields, MASK } from '../../domain/config-file/change.ts';
import type { Placed, UserEntry } from '../../domain/config-file/schema.ts';
import { fromUser } from '../../domain/config-file/user-entry.ts';
import type { User } from '../../domain/user.ts';
import type { UserWithPassword } from '../../stores/users.ts';
import { changedFields, type PlanContext, type Step, writeDown } from './plan.ts';

interface Desired {
  readonly placed: Placed<UserEntry>;
  readonly user: User;
  readonly groupIds: ReadonlyMap<string, string>;
  readonly hashOf: (placed: Placed<UserEntry>) => Promise<string | undefined>;
}

export function addUser(context: PlanContext, desired: Desired): Step {
  const { user, placed } = desired;
  const { tx, now } = context;
  const { username: name, ...entry } = fromUser(user);
  return {
    change: { kind: 'created', what: 'user', name, fields: compareFields({}, entry) },
    async write() {
      await tx.users.add(user, now);
      await tx.groups.setForUser(user.id, groupIdsOf(desired));
      const hash = placed.entry.passwordHash ?? (await desired.hashOf(placed));
      if (hash !== undefined) await tx.users.setPasswordHash(user.id, hash, now);
      await writeDown(context, 'user.created', targetOf(user));
    },
  };
}

/** Nothing when there is nothing to change. */
export function changeUser(
  context: PlanContext,
  found: UserWithPassword,
  desired: Desired,
): Step | undefined {
  const { tx, now } = context;
  const { user, placed } = desired;
  const { passwordHash } = placed.entry;
  const isNewHash = passwordHash !== undefined && passwordHash !== found.passwordHash;
  const fields = compareFields(fromUser(found.user), fromUser(user));
  if (isNewHash) {
    const before = found.passwordHash === undefined ? undefined : MASK;
    fields.push({ field: 'passwordHash', before, after: MASK });
  }
  if (fields.length === 0) return undefined;

  const change: Change = { kind: 'changed', what: 'user', name: user.username, fields };
  const details = changedFields(change);
  return {
    change,
    async write() {
      await tx.users.update(user, now);
      await tx.groups.setForUser(user.id, groupIdsOf(desired));
      await writeDown(context, 'user.updated', { ...targetOf(user), details });
      await setDisabled(context, found.user, user);
      if (!isNewHash) return;
      await tx.users.setPasswordHash(user.id, passwordHash, now);
      await tx.sessions.endAllOfUser(user.id);
      await writeDown(context, 'user.password_changed', targetOf(user));
    },
  };
}

export function removeUser(context: PlanContext, user: User): Step {
  return {
    change: { kind: 'removed', what: 'user', name: user.username, fields: [] },
    async write() {
      await context.tx.users.remove(user.id);
      await writeDown(context, 'user.removed', targetOf(user));
    },
  };
}

async function setDisabled(context: PlanContext, before: User, user: User): Promise<void> {
  const isDisabled = user.disabledAt !== undefined;
  if (isDisabled === (before.disabledAt !== undefined)) return;
  const { tx, now } = context;
  await tx.users.setDisabledAt(user.id, user.disabledAt, now);
  if (isDisabled) await tx.sessions.endAllOfUser(user.id);
  await writeDown(context, isDisabled ? 'user.disabled' : 'user.enabled', targetOf(user));
}

function groupIdsOf({ user, groupIds }: Desired): string[] {
  return user.groups.flatMap((name) => groupIds.get(name) ?? []);
}

const targetOf = ({ id, username }: User) => ({ targetId: id, targetName: username });
