import { DomainError } from './errors.ts';

const TENANT = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/;

/**
 * A tenant's name, lower-cased: the path part before the room's.
 *
 * @throws {DomainError} `tenant_invalid`.
 */
export function canonicalTenant(raw: string): string {
  const tenant = raw.toLowerCase();
  if (!TENANT.test(tenant)) throw new DomainError('tenant_invalid', undefined);
  return tenant;
}
