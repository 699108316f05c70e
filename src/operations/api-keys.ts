/**
 * Keys of machines: made, and taken back.
 *
 * @module
 */
import { z } from 'zod';
import { tokenHash } from '../crypto/digest.ts';
import { API_KEY_NAME_MAX, API_KEY_PREFIX, type ApiKey } from '../domain/api-key.ts';
import type { Clock, Random } from '../domain/clock.ts';
import { line } from '../domain/config-file/values.ts';
import { DomainError } from '../domain/errors.ts';
import type { Permission } from '../domain/permissions.ts';
import { checkFields } from '../domain/user-fields.ts';
import type { Stores } from '../stores/index.ts';
import type { ListedApiKey } from '../stores/api-keys.ts';
import type { Actor } from './actor.ts';

export interface ApiKeyDeps {
  readonly stores: Pick<Stores, 'apiKeys' | 'transaction'>;
  readonly clock: Clock;
  readonly random: Random;
}

export interface CreateApiKeyInput {
  readonly name: string;
  readonly scopes: readonly Permission[];
  /** Without one it works until it is revoked. */
  readonly expiresAt: Date | undefined;
  /** Whose key it is, and what they, or the key that asks for them, may do. */
  readonly maker: {
    readonly userId: string;
    readonly permissions: readonly Permission[];
    /** Of the key that asks for it. */
    readonly expiresAt?: Date | undefined;
  };
  readonly actor: Actor;
}

export interface CreatedApiKey {
  readonly key: ApiKey;
  /** Nobody can be told again. */
  readonly token: string;
}

/** The audit log names who acted by it. */
const NAMED = z.object({ name: line(API_KEY_NAME_MAX) });

/**
 * Makes a key that may do no more than who makes it, and no longer than a key that does.
 *
 * @throws {DomainError} `api_key_beyond_maker`; `input_invalid` when its name is no line of text,
 *   when it has expired already, or would outlive the key it is made by.
 */
export async function createApiKey(
  { stores, clock, random }: ApiKeyDeps,
  { name, scopes, expiresAt, maker, actor }: CreateApiKeyInput,
): Promise<CreatedApiKey> {
  const now = clock.now();
  checkFields(NAMED, { name });
  const beyond = scopes.filter((scope) => !maker.permissions.includes(scope));
  if (beyond.length > 0)
    throw new DomainError('api_key_beyond_maker', { scopes: beyond.join(' ') });
  if (expiresAt && expiresAt <= now) throw wrongExpiry('must be in the future');
  if (maker.expiresAt && (!expiresAt || expiresAt > maker.expiresAt))
    throw wrongExpiry('must not be later than the end of the key that makes it');

  const token = `${API_KEY_PREFIX}${random.token()}`;
  const key: ApiKey = {
    id: random.uuid(),
    name,
    scopes: [...new Set(scopes)],
    createdBy: maker.userId,
    createdAt: now,
    expiresAt,
    lastUsedAt: undefined,
    revokedAt: undefined,
  };
  await stores.transaction(async (tx) => {
    await tx.apiKeys.add(key, tokenHash(token));
    await tx.auditEvents.add({
      at: now,
      type: 'api_key.created',
      ...actor,
      ...targetOf(key),
      details: { after: { name, scopes: key.scopes, expiresAt } },
    });
  });
  return { key, token };
}

/**
 * From the next call on nobody gets in with it. A second time it does nothing.
 *
 * @throws {DomainError} `api_key_not_found`.
 */
export async function revokeApiKey(
  { stores, clock }: Omit<ApiKeyDeps, 'random'>,
  { id, actor }: { readonly id: string; readonly actor: Actor },
): Promise<void> {
  await stores.transaction(async (tx) => {
    const found = await tx.apiKeys.findById(id);
    if (!found) throw new DomainError('api_key_not_found', undefined);
    const now = clock.now();
    if (!(await tx.apiKeys.revoke(id, now))) return;
    await tx.auditEvents.add({
      at: now,
      type: 'api_key.revoked',
      ...actor,
      ...targetOf(found.key),
      details: { before: {}, after: { revoked: true } },
    });
  });
}

/** @throws {DomainError} `api_key_not_found`. */
export async function getApiKey(
  { stores }: Pick<ApiKeyDeps, 'stores'>,
  id: string,
): Promise<ListedApiKey> {
  const found = await stores.apiKeys.findById(id);
  if (!found) throw new DomainError('api_key_not_found', undefined);
  return found;
}

function wrongExpiry(message: string) {
  const issues = [{ path: 'body.expiresAt', message }];
  return new DomainError('input_invalid', { issues });
}

function targetOf({ id, name }: ApiKey) {
  return { targetType: 'api_key', targetId: id, targetName: name };
}
