import { DomainError } from '../../domain/errors.ts';
import { groupKey } from '../../domain/group.ts';
import { nearest } from '../../domain/nearest.ts';
import type { StoresInTransaction } from '../../stores/index.ts';

/**
 * Id → name as it is written, of the groups that are meant.
 *
 * @throws {DomainError} `input_invalid` for one that is not there, with the nearest that is.
 */
export async function findGroups(
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
