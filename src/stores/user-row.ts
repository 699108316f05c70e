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

/** What is known of a person's account, and is no part of the person. */
export interface UserFacts {
  readonly lastSignInAt: Date | undefined;
  readonly hasPassword: boolean;
  readonly passwordChangedAt: Date | undefined;
  readonly updatedAt: Date;
}

export interface UserFactsRow {
  last_sign_in_at: Date | null;
  has_password: boolean;
  password_changed_at: Date | null;
  updated_at: Date;
}

/** Select list of a `UserFactsRow`, from `users u` and `last_sign_ins l`. */
export const FACT_COLUMNS = `nullif(l.at, '-infinity') as last_sign_in_at,
  u.password_hash is not null as has_password, u.password_changed_at, u.updated_at`;

export function factsFromRow(row: UserFactsRow): UserFacts {
  return {
    lastSignInAt: row.last_sign_in_at ?? undefined,
    hasPassword: row.has_password,
    passwordChangedAt: row.password_changed_at ?? undefined,
    updatedAt: row.updated_at,
  };
}
