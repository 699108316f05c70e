import type { Clock, Random } from '../../domain/clock.ts';
import { type ErrorCode, isDomainError } from '../../domain/errors.ts';
import type { Stores } from '../../stores/index.ts';
import type { Author } from '../actor.ts';
import { disableUser, enableUser } from '../disable-user.ts';
import { addMember, type GroupRef, removeMember } from './groups.ts';
import { removeUser } from './remove-user.ts';

export const BULK_MAX = 1000;

export type BulkAction =
  | { readonly kind: 'disable' | 'enable' | 'remove' }
  | { readonly kind: 'add_to_group' | 'remove_from_group'; readonly group: GroupRef };

export interface BulkDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
  readonly random: Pick<Random, 'uuid'>;
}

export interface BulkInput extends Author {
  /** Of people; at most `BULK_MAX`. */
  readonly ids: readonly string[];
  readonly action: BulkAction;
}

export interface BulkResult {
  readonly id: string;
  /** `undefined`: done, or nothing was left to do. */
  readonly refused: ErrorCode | undefined;
}

/**
 * Does the same to several people, one after another and each for itself: who cannot be changed
 * does not keep the others from it. The last administrator stays.
 */
export async function bulkUsers(deps: BulkDeps, input: BulkInput): Promise<readonly BulkResult[]> {
  const { ids, action, actor, permissions } = input;
  const results: BulkResult[] = [];
  for (const id of new Set(ids)) {
    try {
      await act(deps, action, { who: { id }, actor, permissions });
      results.push({ id, refused: undefined });
    } catch (error) {
      if (!isDomainError(error)) throw error;
      results.push({ id, refused: error.code });
    }
  }
  return results;
}

async function act(
  deps: BulkDeps,
  action: BulkAction,
  target: Author & { readonly who: { readonly id: string } },
): Promise<unknown> {
  if ('group' in action) {
    const change = action.kind === 'add_to_group' ? addMember : removeMember;
    return change(deps, { ...target, which: action.group });
  }
  const deed = { disable: disableUser, enable: enableUser, remove: removeUser }[action.kind];
  return deed(deps, target);
}
