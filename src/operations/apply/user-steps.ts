import { diffOf } from '../../domain/audit-diff.ts';
import { type Change, compareFields, MASK } from '../../domain/config-file/change.ts';
import type { Placed, UserEntry } from '../../domain/config-file/schema.ts';
import { fromUser } from '../../domain/config-file/user-entry.ts';
import type { User } from '../../domain/user.ts';
import type { UserWithPassword } from '../../stores/users.ts';
import { moveToBin } from '../bin.ts';
import {
  addPerson,
  letIn,
  recordOf,
  replacePassword,
  settleIdentity,
  shutOut,
} from '../user-changes.ts';
import { changedValues, type PlanContext, type Step } from './plan.ts';

interface Desired {
  readonly placed: Placed<UserEntry>;
  readonly user: User;
  readonly groupIds: ReadonlyMap<string, string>;
  readonly hashOf: (placed: Placed<UserEntry>) => Promise<string | undefined>;
}

export function addUser(context: PlanContext, desired: Desired): Step {
  const { user, placed } = desired;
  const { username: name, ...entry } = fromUser(user);
  return {
    change: { kind: 'created', what: 'user', name, fields: compareFields({}, entry) },
    async write() {
      const passwordHash = placed.entry.passwordHash ?? (await desired.hashOf(placed));
      await addPerson(context, { user, groupIds: groupIdsOf(desired), passwordHash });
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
  const details = changedValues(change);
  return {
    change,
    async write() {
      await tx.users.update(user, now);
      await tx.groups.setForUser(user.id, groupIdsOf(desired));
      const password = passwordHash === undefined ? 'kept' : 'given';
      await settleIdentity(context, { before: found.user, after: user, password });
      await recordOf(context, 'user.updated', user, details);
      if (found.user.disabledAt && !user.disabledAt) await letIn(context, user);
      if (user.disabledAt && !found.user.disabledAt) await shutOut(context, user);
      if (isNewHash) await replacePassword(context, user, passwordHash);
    },
  };
}

export function removeUser(context: PlanContext, user: User): Step {
  return {
    change: { kind: 'removed', what: 'user', name: user.username, fields: [] },
    async write() {
      const thing = { kind: 'user', objectId: user.id, name: user.username } as const;
      await recordOf(context, 'user.removed', user, { ...diffOf(fromUser(user), undefined) });
      await moveToBin(context, thing);
    },
  };
}

function groupIdsOf({ user, groupIds }: Desired): string[] {
  return user.groups.flatMap((name) => groupIds.get(name) ?? []);
}
