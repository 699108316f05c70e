import type { UserRole } from '../domain/permissions.ts';
import type { Attributes, User } from '../domain/user.ts';

export interface UserRow {
  id: string;
  username: string;
  display_name: string;
  email: string | null;
  avatar_url: string | null;
  language: string | null;
  attributes: Attributes;
  source: string;
  role: UserRole | null;
  groups: string[];
  disabled_at: Date | null;
  created_at: Date;
}

/** Select list of a `UserRow`, for a query in which the table is called `u`. */
export const USER_COLUMNS = `
  u.id, u.username, u.display_name, u.email, u.avatar_url, u.language, u.attributes, u.source,
  u.role, u.disabled_at, u.created_at,
  array(select g.name from group_members m join groups g on g.id = m.group_id
        where m.user_id = u.id order by g.name) as groups`;

export function userFromRow(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    displayName: row.display_name,
    email: row.email ?? undefined,
    avatarUrl: row.avatar_url ?? undefined,
    language: row.language ?? undefined,
    attributes: row.attributes,
    source: row.source,
    role: row.role ?? undefined,
    groups: row.groups,
    disabledAt: row.disabled_at ?? undefined,
    createdAt: row.created_at,
  };
}
