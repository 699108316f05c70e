import type { StoresInTransaction } from '../../../stores/index.ts';
import { addPerson, replacePassword, type UserChange } from '../../user-changes.ts';
import { writeUser } from '../update-user.ts';
import type { RowContext, RowPlan } from './plan-row.ts';

/** Does what was planned, in the transaction that planned it. */
export async function writeRow(
  tx: StoresInTransaction,
  { one, now, random, groupIds: known }: RowContext,
  plan: RowPlan & { readonly kind: 'created' | 'changed' },
): Promise<void> {
  const { user, passwordHash } = plan;
  const change: UserChange = { tx, now, actor: one.actor };
  const groupIds: string[] = [];
  for (const name of user.groups) {
    const id = known.get(name) ?? (await makeGroup({ ...change, tx }, name, random.uuid()));
    known.set(name, id);
    groupIds.push(id);
  }
  if (plan.kind === 'created') return addPerson(change, { user, groupIds, passwordHash });

  const password = passwordHash === undefined ? 'kept' : 'given';
  await writeUser({ ...change, tx }, { before: plan.before, after: user, groupIds, password });
  if (passwordHash !== undefined) await replacePassword(change, user, passwordHash);
}

async function makeGroup(
  { tx, now, actor }: UserChange & { readonly tx: StoresInTransaction },
  name: string,
  id: string,
): Promise<string> {
  await tx.groups.add({ id, name }, now);
  await tx.auditEvents.add({
    at: now,
    type: 'group.created',
    ...actor,
    targetType: 'group',
    targetId: id,
    targetName: name,
    details: { after: { name } },
  });
  return id;
}
