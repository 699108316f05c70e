/**
 * Keys of machines: the list, the form, the one look at a new one, the end of one.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { API_KEY_NAME_MAX, stateOf } from '../../domain/api-key.ts';
import { DomainError } from '../../domain/errors.ts';
import { PERMISSIONS, type Permission, permissionsOf } from '../../domain/permissions.ts';
import { actorOf } from '../../http/actor.ts';
import { asCurl } from '../../http/as-curl.ts';
import { asYaml } from '../../http/as-yaml.ts';
import type { Forms } from '../../http/form.ts';
import { listFrame, listQuery, PAGE_SIZE } from '../../http/list-query.ts';
import type { ApiKeyEntry, ApiKeyPages } from '../../http/page-contexts/api-keys.ts';
import type { Pages } from '../../http/pages.ts';
import { parse } from '../../http/parse.ts';
import { readQuery } from '../../http/query.ts';
import { seeOther } from '../../http/see-other.ts';
import { may, requireSignedIn } from '../../http/session.ts';
import { type ApiKeyDeps, createApiKey, revokeApiKey } from '../../operations/api-keys.ts';
import { API_KEY_SORTS, type ListedApiKey } from '../../stores/api-keys.ts';
import { type AdminRoute, freshPost, get, param } from './route.ts';

export interface ApiKeyPagesDeps extends ApiKeyDeps {
  readonly forms: Forms;
  readonly pages: Pages;
  readonly publicUrl: () => URL;
}

const DAY_MS = 24 * 3600 * 1000;
/** What the form offers; `never` works until it is revoked. */
const LIVES = ['30', '90', '365', 'never'] as const;
const SCOPE_FIELD = 'scope.';

const query = listQuery.strict().extend({
  sort: z.enum(API_KEY_SORTS).default('created'),
  done: z.string().optional(),
});
const body = z.strictObject({
  name: z.string().max(10_000).default(''),
  days: z.enum(LIVES).default('90'),
  ...Object.fromEntries(
    PERMISSIONS.map((scope) => [`${SCOPE_FIELD}${scope}`, z.string().optional()] as const),
  ),
});

export function apiKeyRoutes(deps: ApiKeyPagesDeps): readonly AdminRoute[] {
  return [
    get('/admin/api-keys', 'api-keys:read', showApiKeys(deps)),
    get('/admin/api-keys/new', 'api-keys:write', showNewApiKey(deps)),
    freshPost('/admin/api-keys/new', 'api-keys:write', submitApiKey(deps)),
    freshPost('/admin/api-keys/:id/revoke', 'api-keys:write', submitRevocation(deps)),
  ];
}

function showApiKeys({ stores, pages, clock, publicUrl }: ApiKeyPagesDeps): Middleware {
  return async (ctx) => {
    const { q, after, sort } = readQuery(ctx, query);
    const now = clock.now();
    const found = await stores.apiKeys.list({ q, sort, after, limit: PAGE_SIZE });
    const keys = found.items.map((listed) => entryOf(listed, now));
    pages.show(ctx, 'admin-api-keys', {
      list: listFrame(ctx, { q, ...found }),
      sort,
      keys,
      now,
      mayWrite: may(ctx, 'api-keys:write'),
      machine: {
        curl: asCurl(publicUrl(), { method: 'GET', path: '/api/v1/api-keys' }),
        yaml: undefined,
        view: asYaml({ apiKeys: keys }),
      },
    });
  };
}

function showNewApiKey({ pages }: ApiKeyPagesDeps): Middleware {
  return (ctx) => {
    showForm(ctx, pages, { name: '', days: '90', chosen: [], faults: {} });
  };
}

function submitApiKey(deps: ApiKeyPagesDeps): Middleware {
  return async (ctx) => {
    const fields = parse(body, await deps.forms.read(ctx), 'body');
    const name = fields.name.trim();
    const chosen = PERMISSIONS.filter((scope) => Object.hasOwn(fields, `${SCOPE_FIELD}${scope}`));
    const faults = faultsOf(name, chosen);
    if (Object.keys(faults).length > 0) {
      ctx.status = 400;
      return showForm(ctx, deps.pages, { name: fields.name, days: fields.days, chosen, faults });
    }

    const { user } = requireSignedIn(ctx);
    const { key, token } = await createApiKey(deps, {
      name,
      scopes: chosen,
      expiresAt: expiryOf(fields.days, deps.clock.now()),
      maker: { userId: user.id, permissions: permissionsOf(user.role) },
      actor: actorOf(ctx),
    });
    ctx.set('Cache-Control', 'no-store');
    return deps.pages.show(ctx, 'admin-api-key-made', {
      name,
      token,
      expiresAt: key.expiresAt,
      curl: `curl -H 'Authorization: Bearer ${token}' ${new URL('/api/v1/me', deps.publicUrl()).href}`,
    });
  };
}

function submitRevocation(deps: ApiKeyPagesDeps): Middleware {
  return async (ctx) => {
    parse(z.strictObject({}), await deps.forms.read(ctx), 'body');
    const id = z.uuid().safeParse(param(ctx, 'id'));
    if (!id.success) throw new DomainError('api_key_not_found', undefined);
    await revokeApiKey(deps, { id: id.data, actor: actorOf(ctx) });
    seeOther(ctx, '/admin/api-keys?done=revoked');
  };
}

type Faults = ApiKeyPages['admin-api-key-new']['faults'];

interface Form {
  readonly name: string;
  readonly days: string;
  readonly chosen: readonly Permission[];
  readonly faults: Faults;
}

function showForm(ctx: Context, pages: Pages, { chosen, ...form }: Form): void {
  const scopes = permissionsOf(requireSignedIn(ctx).user.role).map((scope) => ({
    scope,
    chosen: chosen.includes(scope),
  }));
  pages.show(ctx, 'admin-api-key-new', { ...form, scopes });
}

function faultsOf(name: string, chosen: readonly Permission[]): Faults {
  return {
    ...(name === '' ? { name: 'missing' as const } : {}),
    ...(name.length > API_KEY_NAME_MAX ? { name: 'too_long' as const } : {}),
    ...(chosen.length === 0 ? { scopes: 'missing' as const } : {}),
  };
}

function expiryOf(days: (typeof LIVES)[number], now: Date): Date | undefined {
  return days === 'never' ? undefined : new Date(now.getTime() + Number(days) * DAY_MS);
}

function entryOf({ key, maker }: ListedApiKey, now: Date): ApiKeyEntry {
  const { id, name, scopes, createdAt, expiresAt, lastUsedAt } = key;
  return {
    id,
    name,
    scopes,
    maker: maker.username,
    makerDisabled: maker.disabled,
    state: stateOf(key, now),
    createdAt,
    expiresAt,
    lastUsedAt,
  };
}
