import type { UserRole } from './permissions.ts';
import type { Attributes, User } from './user.ts';

/** What administrators see and change of a person, as plain JSON: audit log, API, entity tags. */
export interface UserRepresentation {
  readonly username: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly language: string | null;
  readonly avatarUrl: string | null;
  readonly groups: readonly string[];
  readonly attributes: Attributes;
  readonly role: UserRole | null;
  readonly disabled: boolean;
}

export function representUser(user: User): UserRepresentation {
  return {
    username: user.username,
    displayName: user.displayName,
    email: user.email ?? null,
    language: user.language ?? null,
    avatarUrl: user.avatarUrl ?? null,
    groups: [...user.groups].sort(),
    attributes: Object.fromEntries(Object.entries(user.attributes).sort(byName)),
    role: user.role ?? null,
    disabled: user.disabledAt !== undefined,
  };
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
