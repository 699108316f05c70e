import type { User } from '../user.ts';
import type { UserEntry } from './schema.ts';

/** Sets only what the entry names. */
export function toUser(entry: UserEntry, base: User, now: Date): User {
  return {
    ...base,
    username: entry.username,
    displayName: entry.displayName ?? base.displayName,
    email: entry.email === undefined ? base.email : (entry.email ?? undefined),
    avatarUrl: entry.avatarUrl === undefined ? base.avatarUrl : (entry.avatarUrl ?? undefined),
    language: entry.language === undefined ? base.language : (entry.language ?? undefined),
    attributes: entry.attributes ?? base.attributes,
    groups: entry.groups === undefined ? base.groups : [...new Set(entry.groups)].sort(),
    role: toRole(entry, base.role),
    disabledAt: toDisabledAt(entry.disabled, base.disabledAt, now),
  };
}

/** `role` says more than `admin`, and wins. */
function toRole({ role, admin }: UserEntry, before: User['role']): User['role'] {
  if (role !== undefined) return role ?? undefined;
  if (admin === undefined) return before;
  return admin ? 'administrator' : undefined;
}

function toDisabledAt(disabled: boolean | undefined, since: Date | undefined, now: Date) {
  if (disabled === undefined) return since;
  return disabled ? (since ?? now) : undefined;
}

/** The entry that stands for this user; the password is left out. */
export function fromUser(user: User): UserEntry {
  const { username, displayName, email, avatarUrl, language, attributes } = user;
  return {
    username,
    displayName,
    ...(email === undefined ? {} : { email }),
    ...(avatarUrl === undefined ? {} : { avatarUrl }),
    ...(language === undefined ? {} : { language }),
    groups: [...user.groups].sort(),
    ...(Object.keys(attributes).length > 0 ? { attributes: toPlain(attributes) } : {}),
    ...(user.role === 'administrator' ? { admin: true } : {}),
    ...(user.role && user.role !== 'administrator' ? { role: user.role } : {}),
    ...(user.disabledAt ? { disabled: true } : {}),
  };
}

function toPlain(
  attributes: User['attributes'],
): Record<string, string | number | boolean | string[]> {
  const entries = Object.entries(attributes).map(([name, value]) => [
    name,
    typeof value === 'object' ? [...value] : value,
  ]);
  return Object.fromEntries(entries);
}
