import { changePolicies, type PolicyChange } from '../domain/room-policies.ts';
import {
  type SavedIssuer,
  type SaveIssuerDeps,
  type SaveIssuerInput,
  saveIssuer,
} from './save-issuer.ts';

export interface ChangeRoomPoliciesInput extends Omit<SaveIssuerInput, 'fields' | 'how'> {
  readonly change: PolicyChange;
}

/**
 * Adds, edits, moves or removes one room policy of an issuer. One that is removed goes to the bin.
 *
 * @throws {DomainError} `room_policy_not_found`, and those of `saveIssuer`; the paths of issues are
 *   those of the list after the change.
 */
export async function changeRoomPolicies(
  deps: SaveIssuerDeps,
  { change, ...input }: ChangeRoomPoliciesInput,
): Promise<SavedIssuer> {
  return saveIssuer(deps, {
    ...input,
    how: 'change',
    fields: ({ rooms = [] }) => ({ rooms: changePolicies(rooms, change) }),
  });
}
