import { type FileMistake, wrongValue } from '../../domain/config-file/mistake.ts';
import { type Group, groupKey } from '../../domain/group.ts';
import { moveToBin } from '../bin.ts';
import { type Plan, type PlanContext, type Step, writeDown } from './plan.ts';

/** New groups are written before the users, who may be in them; pruned ones go last. */
export interface GroupsPlan extends Plan {
  readonly removals: readonly Step[];
  /** Name → id, of every group there will be. */
  readonly groupIds: ReadonlyMap<string, string>;
}

export async function planGroups(context: PlanContext): Promise<GroupsPlan> {
  const { tx, file, prune, random } = context;
  const existing = new Map((await tx.groups.list()).map((group) => [groupKey(group.name), group]));
  const named = new Set((file.groups ?? []).map(({ entry }) => groupKey(entry.name)));
  const groupIds = new Map([...existing.values()].map(({ id, name }) => [name, id]));
  const mistakes: FileMistake[] = [];
  const steps: Step[] = [];

  for (const { index, entry } of file.groups ?? []) {
    const found = existing.get(groupKey(entry.name));
    if (found && found.name !== entry.name) {
      const message = `exists as ${found.name}; two names may not differ by case alone`;
      mistakes.push(wrongValue(['groups', index, 'name'], message, `write ${found.name}`));
    }
    if (found) continue;
    const group = { id: random.uuid(), name: entry.name };
    groupIds.set(group.name, group.id);
    steps.push(addGroup(context, group));
  }

  const gone = prune && file.groups ? [...existing].filter(([key]) => !named.has(key)) : [];
  for (const [, { name }] of gone) groupIds.delete(name);
  const removals = gone.map(([, group]) => removeGroup(context, group));
  return { steps, removals, mistakes, groupIds };
}

function addGroup(context: PlanContext, group: Group): Step {
  return {
    change: { kind: 'created', what: 'group', name: group.name, fields: [] },
    async write() {
      await context.tx.groups.add(group, context.now);
      const { id: targetId, name } = group;
      const details = { after: { name } };
      await writeDown(context, 'group.created', { targetId, targetName: name, details });
    },
  };
}

function removeGroup(context: PlanContext, { id, name }: Group): Step {
  return {
    change: { kind: 'removed', what: 'group', name, fields: [] },
    async write() {
      await moveToBin(context, { kind: 'group', objectId: id, name });
      const details = { before: { name } };
      await writeDown(context, 'group.removed', { targetId: id, targetName: name, details });
    },
  };
}
