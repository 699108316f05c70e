import { z } from 'zod';
import { givenInstant } from '../../http/instant.ts';
import { API_KEY_NAME_MAX, stateOf } from '../../domain/api-key.ts';
import { PERMISSIONS } from '../../domain/permissions.ts';
import { listQuery, PAGE_SIZE } from '../../http/list-query.ts';
import {
  type ApiKeyDeps,
  createApiKey,
  getApiKey,
  revokeApiKey,
} from '../../operations/api-keys.ts';
import { API_KEY_SORTS, type ListedApiKey } from '../../stores/api-keys.ts';
import { type ApiRoute, apiRoute } from './route.ts';

const permission = z.enum(PERMISSIONS);
const instant = z.iso.datetime();

const apiKeySchema = z.object({
  id: z.uuid(),
  name: z.string(),
  scopes: z.array(permission),
  state: z.enum(['active', 'expired', 'revoked']),
  createdBy: z.string().meta({ description: 'Username. Without their account it does not work.' }),
  createdAt: instant,
  expiresAt: instant.nullable(),
  lastUsedAt: instant.nullable().meta({ description: 'Exact to a minute.' }),
});

const newApiKey = z.strictObject({
  name: z.string().trim().min(1).max(API_KEY_NAME_MAX),
  scopes: z.array(permission).min(1).max(PERMISSIONS.length),
  expiresAt: givenInstant.nullable().default(null),
});

const idParams = z.object({ id: z.uuid() });

export function apiKeyApi(deps: ApiKeyDeps): readonly ApiRoute[] {
  const present = ({ key, maker }: ListedApiKey) => ({
    id: key.id,
    name: key.name,
    scopes: key.scopes,
    state: stateOf(key, deps.clock.now()),
    createdBy: maker.username,
    createdAt: key.createdAt,
    expiresAt: key.expiresAt ?? null,
    lastUsedAt: key.lastUsedAt ?? null,
  });

  return [
    apiRoute({
      method: 'GET',
      path: '/api/v1/me',
      permission: undefined,
      summary: 'The key that asks, and what it may do now',
      answers: { 200: apiKeySchema.extend({ permissions: z.array(permission) }) },
      async handle({ caller }) {
        const key = present(await getApiKey(deps, caller.keyId));
        return { status: 200, body: { ...key, permissions: caller.permissions } };
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/api/v1/api-keys',
      permission: 'api-keys:read',
      summary: 'API keys, newest first or by name; those that ended too',
      query: listQuery.strict().extend({ sort: z.enum(API_KEY_SORTS).default('created') }),
      answers: {
        200: z.object({ items: z.array(apiKeySchema), next: z.string().nullable() }),
      },
      async handle({ query }) {
        const { items, next } = await deps.stores.apiKeys.list({ ...query, limit: PAGE_SIZE });
        return { status: 200, body: { items: items.map(present), next: next ?? null } };
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/v1/api-keys',
      permission: 'api-keys:write',
      summary: 'Make an API key; its token is told here and nowhere else',
      body: newApiKey,
      answers: { 201: apiKeySchema.extend({ token: z.string() }) },
      errors: ['api_key_beyond_maker'],
      async handle({ body, caller, actor }) {
        const expiresAt = body.expiresAt === null ? undefined : new Date(body.expiresAt);
        const { makerId: userId, permissions } = caller;
        const maker = { userId, permissions, expiresAt: caller.expiresAt };
        const { key, token } = await createApiKey(deps, { ...body, expiresAt, maker, actor });
        return {
          status: 201,
          body: { ...present(await getApiKey(deps, key.id)), token },
          headers: { Location: `/api/v1/api-keys/${key.id}`, 'Cache-Control': 'no-store' },
        };
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/api/v1/api-keys/:id',
      permission: 'api-keys:read',
      summary: 'One API key',
      params: idParams,
      answers: { 200: apiKeySchema },
      errors: ['api_key_not_found'],
      async handle({ params }) {
        return { status: 200, body: present(await getApiKey(deps, params.id)) };
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/v1/api-keys/:id',
      permission: 'api-keys:write',
      summary: 'Revoke an API key: from the next call on nobody gets in with it',
      params: idParams,
      answers: { 204: null },
      errors: ['api_key_not_found'],
      async handle({ params, actor }) {
        await revokeApiKey(deps, { id: params.id, actor });
        return { status: 204 };
      },
    }),
  ];
}
