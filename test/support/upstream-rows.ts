/**
 * Directories people sign in with: who may ask what of them, in the pages and by API keys.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { tokenHash } from '../../src/crypto/digest.ts';
import { BY_CLI } from '../../src/operations/actor.ts';
import { newSync } from '../../src/operations/upstreams/sync.ts';
import { saveUpstream } from '../../src/operations/upstreams/save-upstream.ts';
import { anLdapUpstream, SECRETS } from '../directory/ground.ts';
import type { AdminRow, Roles } from './admin-addresses.ts';
import type { ApiCall, ApiRow, App } from './api-calls.ts';

const API = '/api/v1/upstreams';
export const AN_UPSTREAM = {
  type: 'oidc',
  issuerUrl: 'https://id.example.com',
  clientId: 'roomkey',
  clientSecret: 'a-client-secret-of-a-test',
} as const;

/** A directory that nobody else looks at; gives its slug. */
export async function anUpstream(app: App): Promise<string> {
  const slug = `dir-${randomUUID().slice(0, 8)}`;
  const deps = { ...app, publicUrl: () => new URL('https://auth.example.org') };
  await saveUpstream(deps, { slug, fields: AN_UPSTREAM, how: 'create', ...BY_CLI });
  await app.catalog.refresh();
  return slug;
}

/** An LDAP one, and a run of its sync that was refused; gives both as an address. */
async function aRefusedSync(app: App): Promise<string> {
  const upstream = anLdapUpstream({ id: randomUUID(), slug: `ldap-${randomUUID().slice(0, 8)}` });
  await app.stores.upstreams.add(upstream, SECRETS, app.clock.now());
  const asked = { upstream, trial: false, force: false, actor: { actorName: 'test' } } as const;
  const sync = newSync(app, { ...asked, state: 'running' });
  await app.stores.upstreamSyncs.begin(sync, app.clock.now());
  const finishedAt = app.clock.now();
  await app.stores.upstreamSyncs.finish({ ...sync, state: 'refused', finishedAt });
  return `${upstream.slug}/syncs/${sync.id}`;
}

const listOf = (one: string) => one.replace(/[^/]*$/, '').slice(0, -1);

/** One that waits for somebody to sign in there. */
async function aTrial(app: App, slug: string): Promise<string> {
  const upstream = await app.stores.upstreams.findBySlug(slug);
  const id = randomUUID();
  const now = app.clock.now();
  await app.stores.upstreamTrials.add(
    {
      id,
      upstreamId: upstream?.id ?? '',
      userId: undefined,
      issuer: 'main',
      room: '',
      steps: [],
      outcome: undefined,
      createdAt: now,
      expiresAt: new Date(now.getTime() + 60_000),
    },
    tokenHash(id),
  );
  return id;
}

const page = (roles: Roles, rest: string): AdminRow => ({
  roles,
  at: async (app) => `/admin/upstreams/${await anUpstream(app)}${rest}`,
});
const call = (needs: ApiRow['needs'], rest: Omit<ApiCall, 'path'> = {}): ApiRow => ({
  needs,
  call: async (app) => ({ path: `${API}/${await anUpstream(app)}`, ...rest }),
});

export const UPSTREAM_ADDRESSES: Readonly<Record<string, AdminRow>> = {
  'GET /admin/upstreams': { roles: 'AU', at: () => '/admin/upstreams' },
  'GET /admin/upstreams/new': { roles: 'A', at: () => '/admin/upstreams/new?type=ldap' },
  'POST /admin/upstreams/new': {
    roles: 'A',
    at: () => '/admin/upstreams/new',
    fields: { type: 'ldap' },
  },
  'GET /admin/upstreams/:slug': page('AU', ''),
  'POST /admin/upstreams/:slug': page('A', ''),
  'POST /admin/upstreams/:slug/remove': page('A', '/remove'),
  'POST /admin/upstreams/:slug/syncs': {
    roles: 'A',
    at: async (app) => `/admin/upstreams/${listOf(await aRefusedSync(app))}`,
    fields: { how: 'try' },
  },
  'GET /admin/upstreams/:slug/syncs/:id': {
    roles: 'AU',
    at: async (app) => `/admin/upstreams/${await aRefusedSync(app)}`,
  },
  'POST /admin/upstreams/:slug/syncs/:id/confirm': {
    roles: 'A',
    at: async (app) => `/admin/upstreams/${await aRefusedSync(app)}/confirm`,
  },
  'GET /admin/upstreams/:slug/test': page('A', '/test'),
  'POST /admin/upstreams/:slug/test': page('A', '/test'),
  'GET /admin/upstreams/:slug/test/:id': {
    roles: 'A',
    at: async (app) => {
      const slug = await anUpstream(app);
      return `/admin/upstreams/${slug}/test/${await aTrial(app, slug)}`;
    },
  },
};

export const UPSTREAM_CALLS: Readonly<Record<string, ApiRow>> = {
  'GET /api/v1/upstreams': { needs: 'upstreams:read', call: () => ({ path: API }) },
  'GET /api/v1/upstreams/{upstream}': call('upstreams:read'),
  'PUT /api/v1/upstreams/{upstream}': call('upstreams:write', { body: AN_UPSTREAM }),
  'PATCH /api/v1/upstreams/{upstream}': call('upstreams:write', { body: { name: 'Company' } }),
  'DELETE /api/v1/upstreams/{upstream}': call('upstreams:write', { status: 204 }),
  'POST /api/v1/upstreams/{upstream}/tests': {
    needs: 'upstreams:write',
    call: async (app) => ({ path: `${API}/${await anUpstream(app)}/tests`, body: {} }),
  },
  'GET /api/v1/upstreams/{upstream}/tests/{test}': {
    needs: 'upstreams:write',
    call: async (app) => {
      const slug = await anUpstream(app);
      return { path: `${API}/${slug}/tests/${await aTrial(app, slug)}` };
    },
  },
  'GET /api/v1/upstreams/{upstream}/syncs': {
    needs: 'upstreams:read',
    call: async (app) => ({ path: `${API}/${listOf(await aRefusedSync(app))}` }),
  },
  'POST /api/v1/upstreams/{upstream}/syncs': {
    needs: 'upstreams:write',
    call: async (app) => ({
      path: `${API}/${listOf(await aRefusedSync(app))}`,
      body: { dryRun: true },
      status: 202,
    }),
  },
  'GET /api/v1/upstreams/{upstream}/syncs/{id}': {
    needs: 'upstreams:read',
    call: async (app) => ({ path: `${API}/${await aRefusedSync(app)}` }),
  },
};
