import { tokenHash } from '../crypto/digest.ts';
import { API_KEY_PREFIX, isUseDue, powersOf } from '../domain/api-key.ts';
import type { Clock } from '../domain/clock.ts';
import type { Permission } from '../domain/permissions.ts';
import type { Stores } from '../stores/index.ts';

/** A program that calls the API, and what it may do. */
export interface ApiCaller {
  readonly keyId: string;
  /** As the audit log names it: `api:backup`. */
  readonly name: string;
  /** The user who made the key. */
  readonly makerId: string;
  readonly permissions: readonly Permission[];
  /** When its key ends. */
  readonly expiresAt: Date | undefined;
  /** Of what processes hold in memory. */
  readonly catalogVersion: string;
}

/** What `createApiKey` makes; anything else never was a key of ours. */
const TOKEN = new RegExp(`^${API_KEY_PREFIX}[\\w-]{43}$`);

/**
 * `undefined` for a token that is none, or no longer, or whose maker is disabled. It is looked up
 * by its hash: the time that takes tells nothing of the token. Once a minute a second statement
 * remembers that it is in use.
 */
export async function findApiCaller(
  { stores, clock }: { readonly stores: Pick<Stores, 'apiKeys'>; readonly clock: Clock },
  token: string,
): Promise<ApiCaller | undefined> {
  if (!TOKEN.test(token)) return undefined;
  const now = clock.now();
  const found = await stores.apiKeys.findAlive(tokenHash(token), now);
  if (!found) return undefined;
  const { key, maker, catalogVersion } = found;
  if (isUseDue(key, now)) await stores.apiKeys.touch(key.id, now);
  return {
    keyId: key.id,
    name: `api:${key.name}`,
    makerId: key.createdBy,
    permissions: powersOf(key, maker.role),
    expiresAt: key.expiresAt,
    catalogVersion,
  };
}
