import { tokenHash } from '../crypto/digest.ts';
import { powersOf } from '../domain/api-key.ts';
import type { Clock } from '../domain/clock.ts';
import type { Permission } from '../domain/permissions.ts';
import type { Stores } from '../stores/index.ts';

/** A program that calls the API, and what it may do. */
export interface ApiCaller {
  readonly keyId: string;
  /** As the audit log names it: `api:backup`. */
  readonly name: string;
  readonly permissions: readonly Permission[];
}

/** `undefined` for a token that is none, or no longer. */
export async function findApiCaller(
  { stores, clock }: { readonly stores: Pick<Stores, 'apiKeys'>; readonly clock: Clock },
  token: string,
): Promise<ApiCaller | undefined> {
  const found = await stores.apiKeys.findAlive(tokenHash(token), clock.now());
  if (!found) return undefined;
  const { key, maker } = found;
  return { keyId: key.id, name: `api:${key.name}`, permissions: powersOf(key, maker.role) };
}
