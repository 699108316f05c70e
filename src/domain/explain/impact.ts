/**
 * What a change of rules does to everybody.
 *
 * @module
 */
import type { Role } from '../feature.ts';

export const ROLE_CHANGES = ['let_in', 'shut_out', 'becomes_moderator', 'loses_moderator'] as const;
export type RoleChange = (typeof ROLE_CHANGES)[number];

export function eachChange<Value>(make: (change: RoleChange) => Value): Record<RoleChange, Value> {
  return {
    let_in: make('let_in'),
    shut_out: make('shut_out'),
    becomes_moderator: make('becomes_moderator'),
    loses_moderator: make('loses_moderator'),
  };
}

export interface Impact {
  /** The canonical name. */
  readonly room: string;
  /** People who are not disabled; those behind `more.after` when a list is gone on with. */
  readonly examined: number;
  /** False: time ran out before everybody was asked, and the numbers are of those asked. */
  readonly complete: boolean;
  readonly before: Standings;
  readonly after: Standings;
  readonly changes: Readonly<Record<RoleChange, ChangeList>>;
  /** People for whom a use rule failed for want of an address. */
  readonly addressWanted: number;
}

export interface Standings {
  readonly allowed: number;
  readonly moderators: number;
}

export interface ChangeList {
  readonly count: number;
  /** The first of them, by id. */
  readonly people: readonly ChangedPerson[];
  /** Id behind which the list goes on; `undefined` when it is whole, or nobody knows. */
  readonly next: string | undefined;
}

export interface ChangedPerson {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly before: Role | 'denied';
  readonly after: Role | 'denied';
}
