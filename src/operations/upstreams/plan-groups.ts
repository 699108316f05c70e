/**
 * Groups an upstream grants come and go with its word; those the administrator gave stay.
 *
 * @module
 */
import { type Group, groupKey } from '../../domain/group.ts';
import type { User } from '../../domain/user.ts';
import type { Identity } from '../../stores/identities.ts';
import type { StoresInTransaction } from '../../stores/index.ts';

export interface GroupPlan {
  /** To be made. */
  readonly missing: readonly string[];
  /** Of all groups the person is in afterwards, sorted. */
  readonly names: readonly string[];
  /** Those of them that are there, but for the missing ones. */
  readonly existing: readonly Group[];
  /** Granted by the upstream, but for the missing ones. */
  readonly granted: readonly Group[];
}

/** @param now The person as they are; `undefined`: not there yet. */
export async function planGroups(
  { groups }: Pick<StoresInTransaction, 'groups'>,
  wanted: readonly string[],
  now: { readonly user: User; readonly granted: Identity | undefined } | undefined,
): Promise<GroupPlan> {
  const before = now?.granted?.grantedGroups ?? [];
  if (wanted.length === 0 && before.length === 0 && (now?.user.groups.length ?? 0) === 0)
    return { missing: [], names: [], existing: [], granted: [] };

  const all = new Map((await groups.list()).map((group) => [groupKey(group.name), group]));
  const grantedBefore = new Set(before);
  const given = (now?.user.groups ?? []).flatMap((name) => {
    const group = all.get(groupKey(name));
    return group && !grantedBefore.has(group.id) ? [group] : [];
  });
  const givenIds = new Set(given.map(({ id }) => id));
  const granted = wanted.flatMap((name) => {
    const group = all.get(groupKey(name));
    return group && !givenIds.has(group.id) ? [group] : [];
  });
  const missing = wanted.filter((name) => !all.has(groupKey(name)));
  const existing = [...given, ...granted];
  const names = [...existing.map(({ name }) => name), ...missing].sort();
  return { missing, names, existing, granted };
}
