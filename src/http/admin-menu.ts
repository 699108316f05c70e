import type { Permission } from '../domain/permissions.ts';

/** One entry for each area of the administration; `words` ends the key of its name: `menu.issuers`. */
export interface MenuEntry {
  readonly href: string;
  readonly words: string;
}

/** Whoever may not see an area does not see its entry. */
const ENTRIES: readonly (MenuEntry & { readonly permission: Permission })[] = [
  { href: '/admin', words: 'dashboard', permission: 'audit:read' },
  { href: '/admin/users', words: 'users', permission: 'users:read' },
  { href: '/admin/groups', words: 'groups', permission: 'users:read' },
  { href: '/admin/issuers', words: 'issuers', permission: 'issuers:read' },
  { href: '/admin/upstreams', words: 'upstreams', permission: 'upstreams:read' },
  { href: '/admin/explain', words: 'explain', permission: 'explain' },
  { href: '/admin/inspect', words: 'inspect', permission: 'explain' },
  { href: '/admin/api-keys', words: 'api_keys', permission: 'api-keys:read' },
  { href: '/admin/settings', words: 'settings', permission: 'settings:read' },
  { href: '/admin/export', words: 'export', permission: 'settings:read' },
  { href: '/admin/stops', words: 'stops', permission: 'audit:read' },
  { href: '/admin/audit', words: 'audit', permission: 'audit:read' },
  { href: '/admin/bin', words: 'bin', permission: 'users:read' },
];

export function adminMenu(permissions: readonly Permission[]): readonly MenuEntry[] {
  return ENTRIES.filter(({ permission }) => permissions.includes(permission));
}
