/**
 * The ordered list of an issuer's room policies, one change at a time. A policy is named by its
 * `match`, which no other policy of the issuer has.
 *
 * @module
 */
import type { RoomEntry } from './config-file/schema.ts';
import { DomainError } from './errors.ts';

export type PolicyChange =
  /** `position` counts from 0; without one the policy goes last. */
  | { readonly kind: 'add'; readonly policy: unknown; readonly position?: number | undefined }
  | { readonly kind: 'edit'; readonly match: string; readonly policy: unknown }
  | { readonly kind: 'move'; readonly match: string; readonly position: number }
  | { readonly kind: 'remove'; readonly match: string };

/**
 * The list after the change. What is put in is not looked at here: the issuer's check does that.
 *
 * @throws {DomainError} `room_policy_not_found`.
 */
export function changePolicies(rooms: readonly RoomEntry[], change: PolicyChange): unknown[] {
  if (change.kind === 'add')
    return rooms.toSpliced(change.position ?? rooms.length, 0, change.policy as RoomEntry);

  const { match } = change;
  const index = rooms.findIndex((room) => room.match === match);
  if (index < 0) throw new DomainError('room_policy_not_found', { match });
  if (change.kind === 'edit') return rooms.toSpliced(index, 1, change.policy as RoomEntry);

  const rest = rooms.toSpliced(index, 1);
  if (change.kind === 'remove') return rest;
  return rest.toSpliced(change.position, 0, ...rooms.slice(index, index + 1));
}

/**
 * The policies of a list that another one is without. One that is whole under another `match` is
 * renamed, not lost.
 */
export function lostPolicies(
  before: readonly RoomEntry[],
  after: readonly RoomEntry[],
): RoomEntry[] {
  const kept = new Set(before.map(({ match }) => match));
  const left = new Set(after.map(({ match }) => match));
  const added = after.filter(({ match }) => !kept.has(match)).map(contentOf);
  return before.filter((policy) => {
    if (left.has(policy.match)) return false;
    const heir = added.indexOf(contentOf(policy));
    if (heir >= 0) added.splice(heir, 1);
    return heir < 0;
  });
}

/** All but its name, as text. */
function contentOf(policy: RoomEntry): string {
  return JSON.stringify({ ...policy, match: undefined });
}

/**
 * Where a policy goes that is put back: behind the nearest one that stood before it and is still
 * there, else before the nearest that stood behind it.
 *
 * @param order The `match` of each policy when it was taken away, its own too.
 * @param current Of each there is now.
 */
export function formerPlace(
  match: string,
  order: readonly string[],
  current: readonly string[],
): number {
  const own = order.indexOf(match);
  const before = order.slice(0, own).findLast((other) => current.includes(other));
  if (before !== undefined) return current.indexOf(before) + 1;
  const behind = order.slice(own + 1).find((other) => current.includes(other));
  return behind === undefined ? current.length : current.indexOf(behind);
}
