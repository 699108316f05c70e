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
