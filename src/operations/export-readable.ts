import type { Permission } from '../domain/permissions.ts';
import type { Stores } from '../stores/index.ts';
import { type ExportedConfig, exportConfig } from './export-config.ts';

/** The sections of the configuration that somebody of these rights may read. */
export async function exportReadable(
  stores: Pick<Stores, 'transaction'>,
  permissions: readonly Permission[],
): Promise<Partial<ExportedConfig>> {
  const { branding, signIn, groups, users, issuers, upstreams } = await stores.transaction((tx) =>
    exportConfig(tx),
  );
  const mayReadSettings = permissions.includes('settings:read');
  return {
    ...(branding && mayReadSettings ? { branding } : {}),
    ...(signIn && mayReadSettings ? { signIn } : {}),
    ...(permissions.includes('users:read') ? { groups, users } : {}),
    ...(permissions.includes('issuers:read') ? { issuers } : {}),
    ...(upstreams && permissions.includes('upstreams:read') ? { upstreams } : {}),
  };
}
