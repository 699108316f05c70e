/**
 * Groups by hand. Rules know groups by their names: renaming one changes who they mean.
 *
 * @module
 */
import { z } from 'zod';
import type { AuditType } from '../../domain/audit-event.ts';
import type { BinItem } from '../../domain/bin.ts';
import type { Clock, Random } from '../../domain/clock.ts';
import { DomainError } from '../../domain/errors.ts';
import { checkExpected, type Expectation } from '../../domain/expectation.ts';
import type { Group } from '../../domain/group.ts';
import { checkFields, groupNameSchema } from '../../domain/user-fields.ts';
import { isUuid } from '../../domain/uuid.ts';
import type { Stores, StoresInTransaction } from '../../stores/index.ts';
import type { Actor, Author } from '../actor.ts';
import { moveToBin } from '../bin.ts';
import { checkOwned } from '../upstreams/ownership.ts';
import { recordOf } from '../user-changes.ts';
import { holdUser, type UserRef } from './find-user.ts';
import { checkMayManage } from './guard.ts';

export interface GroupDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
  readonly random: Pick<Random, 'uuid'>;
}

/** A group by UUID, or by its name in whatever case. */
export type GroupRef = { readonly id: string } | { readonly name: string };

export interface GroupInput extends Author {
  readonly which: GroupRef;
  readonly expected?: Expectation<Group> | undefined;
}

/** @throws {DomainError} `input_invalid`, `group_name_taken`. */
export async function createGroup(
  { stores, clock, random }: GroupDeps,
  { name: typed, actor }: Author & { readonly name: string },
): Promise<Group> {
  const name = checkName(typed);
  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const group = { id: random.uuid(), name };
    await tx.groups.add(group, clock.now());
    const details = { after: { name } };
    await noteGroup(tx, { type: 'group.created', group, actor, at: clock.now(), details });
    return group;
  });
}

/** @throws {DomainError} `group_not_found`, `changed_meanwhile`, `input_invalid`, `group_name_taken`. */
export async function renameGroup(
  { stores, clock }: GroupDeps,
  { which, name: typed, expected, actor }: GroupInput & { readonly name: string },
): Promise<Group> {
  const name = checkName(typed);
  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const before = await holdGroup(tx, which);
    checkExpected(expected, before);
    if (before.name === name) return before;
    const group = { ...before, name };
    await tx.groups.rename(group);
    const details = { before: { name: before.name }, after: { name } };
    await noteGroup(tx, { type: 'group.updated', group, actor, at: clock.now(), details });
    return group;
  });
}

/**
 * Puts a group into the bin, and who is in it along.
 *
 * @throws {DomainError} `group_not_found`, `changed_meanwhile`.
 */
export async function removeGroup(
  { stores, clock, random }: GroupDeps,
  { which, expected, actor }: GroupInput,
): Promise<BinItem> {
  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const group = await holdGroup(tx, which);
    checkExpected(expected, group);
    const members = (await tx.groups.findById(group.id))?.members.count ?? 0;
    const now = clock.now();
    const details = { before: { name: group.name, members } };
    await noteGroup(tx, { type: 'group.removed', group, actor, at: now, details });
    const thing = { kind: 'group', objectId: group.id, name: group.name } as const;
    return moveToBin({ tx, now, random, actor }, thing);
  });
}

export interface MemberInput extends Author {
  readonly which: GroupRef;
  readonly who: UserRef;
}

/**
 * Says whether the person was not in it yet.
 *
 * @throws {DomainError} `group_not_found`, `user_not_found`, `rights_too_high`.
 */
export function addMember(deps: Omit<GroupDeps, 'random'>, input: MemberInput): Promise<boolean> {
  return changeMember(deps, input, (tx, group, user) => tx.groups.addMember(group, user));
}

/**
 * Says whether the person was in it.
 *
 * @throws {DomainError} `group_not_found`, `user_not_found`, `rights_too_high`,
 *   `field_owned_by_upstream` for a membership that an upstream grants.
 */
export function removeMember(
  deps: Omit<GroupDeps, 'random'>,
  input: MemberInput,
): Promise<boolean> {
  return changeMember(deps, input, (tx, group, user) => tx.groups.removeMember(group, user));
}

async function changeMember(
  { stores, clock }: Omit<GroupDeps, 'random'>,
  { which, who, actor, permissions }: MemberInput,
  change: (tx: StoresInTransaction, groupId: string, userId: string) => Promise<boolean>,
): Promise<boolean> {
  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const group = await holdGroup(tx, which);
    const user = await holdUser(tx, who);
    checkMayManage({ permissions }, user);
    if (!(await change(tx, group.id, user.id))) return false;

    const after = (await tx.users.findById(user.id))?.groups ?? [];
    await checkOwned(tx, user, { ...user, groups: after });
    const details = { before: { groups: user.groups }, after: { groups: after } };
    await recordOf({ tx, now: clock.now(), actor }, 'user.updated', user, details);
    return true;
  });
}

async function holdGroup(
  { groups }: Pick<StoresInTransaction, 'groups'>,
  ref: GroupRef,
): Promise<Group> {
  const id = 'id' in ref ? ref.id : (await groups.findByName(ref.name))?.id;
  const group = id !== undefined && isUuid(id) ? await groups.hold(id) : undefined;
  if (!group) throw new DomainError('group_not_found', { name: 'id' in ref ? ref.id : ref.name });
  return group;
}

function checkName(typed: string): string {
  return checkFields(z.strictObject({ name: groupNameSchema }), { name: typed }).name;
}

interface GroupEvent {
  readonly type: AuditType & `group.${string}`;
  readonly group: Group;
  readonly actor: Actor;
  readonly at: Date;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Writes down what befell a group. */
export async function noteGroup(
  { auditEvents }: Pick<StoresInTransaction, 'auditEvents'>,
  { group, actor, ...event }: GroupEvent,
): Promise<void> {
  const target = { targetType: 'group', targetId: group.id, targetName: group.name };
  await auditEvents.add({ ...event, ...actor, ...target });
}
