/**
 * What may be done through the admin UI and API. The same words are the scopes of API keys.
 *
 * @module
 */
export const PERMISSIONS = [
  'users:read',
  'users:write',
  'issuers:read',
  'issuers:write',
  'keys:write',
  'upstreams:read',
  'upstreams:write',
  'settings:read',
  'settings:write',
  'audit:read',
  'explain',
  'roles:write',
  'api-keys:read',
  'api-keys:write',
  'tokens:mint',
  'tokens:stop',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

/**
 * What a person may do in the admin UI; nobody starts with any. A user manager looks after users
 * and groups, never rules or keys; an auditor reads everything that is no secret.
 */
export const USER_ROLES = ['administrator', 'user_manager', 'auditor'] as const;
export type UserRole = (typeof USER_ROLES)[number];

const OF_ROLE: Readonly<Record<UserRole, readonly Permission[]>> = {
  administrator: PERMISSIONS,
  user_manager: ['users:read', 'users:write'],
  auditor: [
    'users:read',
    'issuers:read',
    'upstreams:read',
    'settings:read',
    'audit:read',
    'explain',
    'api-keys:read',
  ],
};

export function permissionsOf(role: UserRole | undefined): readonly Permission[] {
  return role === undefined ? [] : OF_ROLE[role];
}

/**
 * Whether somebody of one role may change a person of another: nobody who may do what they may not.
 * Who looks after users could otherwise take over an administrator by a new password.
 */
export function mayManage(own: readonly Permission[], other: UserRole | undefined): boolean {
  return permissionsOf(other).every((permission) => own.includes(permission));
}
