/**
 * Issuers and settings: who may ask what of them, in the pages and by API keys.
 *
 * @module
 */
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Permission } from '../../src/domain/permissions.ts';
import { saveClient } from '../../src/operations/clients/save-client.ts';
import type { AdminRow, Roles } from './admin-addresses.ts';
import type { ApiCall, ApiRow, App } from './api-calls.ts';
import { WIKI, WIKI_SECRET, wikiClient } from './relying-party.ts';

const MAIN = '/admin/issuers/main';
const at = (roles: Roles, path: string): AdminRow => ({ roles, at: () => path });
const own = (rest: string, roles: Roles): AdminRow => at(roles, `${MAIN}${rest}`);

export const ISSUER_ADDRESSES: Readonly<Record<string, AdminRow>> = {
  'GET /admin/issuers': at('AU', '/admin/issuers'),
  'GET /admin/issuers/new': at('A', '/admin/issuers/new'),
  'POST /admin/issuers/new': at('A', '/admin/issuers/new'),
  'GET /admin/issuers/:slug': own('', 'AU'),
  'GET /admin/issuers/:slug/edit': own('/edit', 'AU'),
  'POST /admin/issuers/:slug/edit': own('/edit', 'A'),
  'POST /admin/issuers/:slug/remove': own('/remove', 'A'),
  'GET /admin/issuers/:slug/rules': own('/rules', 'AU'),
  'POST /admin/issuers/:slug/rules': own('/rules', 'A'),
  'POST /admin/issuers/:slug/rules/preview': own('/rules/preview', 'A'),
  'GET /admin/issuers/:slug/mapping': own('/mapping', 'AU'),
  'POST /admin/issuers/:slug/mapping': own('/mapping', 'A'),
  'POST /admin/issuers/:slug/mapping/preview': own('/mapping/preview', 'A'),
  'GET /admin/issuers/:slug/rooms': own('/rooms', 'AU'),
  'POST /admin/issuers/:slug/rooms': own('/rooms', 'A'),
  'GET /admin/issuers/:slug/rooms/policy': {
    roles: 'AU',
    at: async ({ stores, clock, catalog }) => {
      const issuer = await stores.issuers.findBySlug('main');
      if (!issuer) throw new Error('main is there');
      const rule = { moderatorRule: undefined, features: undefined, lobbyBypass: undefined };
      const rooms = [{ match: 'staff-*', useRule: '1', ...rule }];
      await stores.issuers.update({ ...issuer, rooms }, undefined, clock.now());
      await catalog.refresh();
      return `${MAIN}/rooms/policy?match=staff-*`;
    },
  },
  'POST /admin/issuers/:slug/rooms/policy': own('/rooms/policy', 'A'),
  'POST /admin/issuers/:slug/rooms/policy/preview': own('/rooms/policy/preview', 'A'),
  'GET /admin/issuers/:slug/keys': own('/keys', 'AU'),
  'POST /admin/issuers/:slug/keys/rotate': own('/keys/rotate', 'A'),
  'POST /admin/issuers/:slug/keys/retire': own('/keys/retire', 'A'),
  'POST /admin/issuers/:slug/keys/generate': own('/keys/generate', 'A'),
  'POST /admin/issuers/:slug/keys/import': own('/keys/import', 'A'),
  'POST /admin/issuers/:slug/keys/schedule': own('/keys/schedule', 'A'),
  'GET /admin/issuers/:slug/clients': own('/clients', 'AU'),
  'GET /admin/issuers/:slug/clients/new': own('/clients/new?preset=jitsi', 'A'),
  'POST /admin/issuers/:slug/clients/new': own('/clients/new', 'A'),
  'GET /admin/issuers/:slug/clients/edit': {
    roles: 'AU',
    at: async (app) => {
      const clientId = `wiki-${randomUUID().slice(0, 8)}`;
      const fields = { kind: 'oidc', redirectUris: [WIKI] };
      const actor = { actorName: 'test' };
      await saveClient(app, { slug: 'main', clientId, fields, how: 'create', actor });
      return `${MAIN}/clients/edit?id=${clientId}`;
    },
  },
  'POST /admin/issuers/:slug/clients/edit': own('/clients/edit', 'A'),
  'POST /admin/issuers/:slug/clients/remove': own('/clients/remove', 'A'),
  'POST /admin/issuers/:slug/clients/secret': own('/clients/secret', 'A'),
  'POST /admin/issuers/:slug/clients/end-former': own('/clients/end-former', 'A'),
  'GET /admin/issuers/:slug/integration': own('/integration', 'AU'),
  'GET /admin/issuers/:slug/integration/:file': own('/integration/jitsi.env', 'AU'),
  'GET /admin/issuers/:slug/check': own('/check', 'AU'),
  'POST /admin/issuers/:slug/check': own('/check', 'AU'),

  'GET /admin/settings': at('AU', '/admin/settings'),
  'GET /admin/settings/preview.css': at('AU', '/admin/settings/preview.css?color=%23112233'),
  'POST /admin/settings/public-url': at('A', '/admin/settings/public-url'),
  'POST /admin/settings/branding': at('A', '/admin/settings/branding'),
  'POST /admin/settings/sign-in': at('A', '/admin/settings/sign-in'),
  'POST /admin/settings/preview': at('A', '/admin/settings/preview'),
};

const API = '/api/v1/issuers';
const POLICY = { match: 'staff-*', useRule: '1' };

export const ISSUER_CALLS: Readonly<Record<string, ApiRow>> = {
  'GET /api/v1/issuers': to('issuers:read', async () => ({ path: API })),
  'GET /api/v1/issuers/{issuer}': to('issuers:read', async () => ({ path: `${API}/main` })),
  'PUT /api/v1/issuers/{issuer}': to('issuers:write', async () => ({
    path: `${API}/put-${randomUUID().slice(0, 8)}`,
    body: { useRule: '1', name: 'Put' },
    status: 201,
  })),
  'PATCH /api/v1/issuers/{issuer}': ofOwn('issuers:write', '', { body: { name: 'Patched' } }),
  'DELETE /api/v1/issuers/{issuer}': ofOwn('issuers:write', '', { status: 204 }),
  'POST /api/v1/issuers/{issuer}/check': ofOwn('issuers:read', '/check', { body: {} }),

  'POST /api/v1/issuers/{issuer}/rooms': ofOwn('issuers:write', '/rooms', {
    body: { match: 'exam-*', useRule: '0', position: 0 },
  }),
  'PUT /api/v1/issuers/{issuer}/rooms/{match}': ofOwn('issuers:write', '/rooms/staff-*', {
    body: { ...POLICY, moderatorRule: '1' },
  }),
  'POST /api/v1/issuers/{issuer}/rooms/{match}/move': ofOwn(
    'issuers:write',
    '/rooms/staff-*/move',
    { body: { position: 0 } },
  ),
  'DELETE /api/v1/issuers/{issuer}/rooms/{match}': ofOwn('issuers:write', '/rooms/staff-*'),

  'GET /api/v1/issuers/{issuer}/clients': ofOwn('issuers:read', '/clients?q=wiki'),
  'GET /api/v1/issuers/{issuer}/clients/{clientId}': ofOwn('issuers:read', '/clients/wiki'),
  'PUT /api/v1/issuers/{issuer}/clients/{clientId}': ofOwn('issuers:write', '/clients/put', {
    body: { kind: 'oidc', redirectUris: ['https://put.example.org/cb'] },
    status: 201,
  }),
  'DELETE /api/v1/issuers/{issuer}/clients/{clientId}': ofOwn('issuers:write', '/clients/wiki', {
    status: 204,
  }),
  'POST /api/v1/issuers/{issuer}/clients/{clientId}/secret': ofOwn(
    'keys:write',
    '/clients/wiki/secret',
    { body: { overlapSeconds: 3600 } },
  ),
  'POST /api/v1/issuers/{issuer}/clients/{clientId}/secret/end-former': ofOwn(
    'keys:write',
    '/clients/wiki/secret/end-former',
    { body: {} },
  ),

  'GET /api/v1/issuers/{issuer}/keys': ofOwn('issuers:read', '/keys'),
  'POST /api/v1/issuers/{issuer}/keys/rotate': ofOwn('keys:write', '/keys/rotate', {
    body: { force: true },
  }),
  'POST /api/v1/issuers/{issuer}/keys/generate': ofOwn('keys:write', '/keys/generate', {
    body: {},
  }),
  'POST /api/v1/issuers/{issuer}/keys/import': ofOwn('keys:write', '/keys/import', {
    body: { privatePem: aPrivateKey() },
  }),
  'POST /api/v1/issuers/{issuer}/keys/{kid}/retire': to('keys:write', async (app) => {
    const issuer = await anOwn(app);
    const keys = await app.stores.signingKeys.listOf(issuer.id);
    const kid = keys.find(({ stage }) => stage === 'next')?.kid ?? '';
    await app.stores.signingKeys.stopSigning(kid, app.clock.now());
    return { path: `${API}/${issuer.slug}/keys/${kid}/retire`, body: {} };
  }),

  'GET /api/v1/settings': to('settings:read', async () => ({ path: '/api/v1/settings' })),
  'PATCH /api/v1/settings': to('settings:write', async () => ({
    path: '/api/v1/settings',
    body: { branding: { name: 'House' } },
  })),
};

function to(needs: Permission, call: (app: App) => Promise<ApiCall>): ApiRow {
  return { needs, call };
}

/** Of an issuer made for this call. */
function ofOwn(needs: Permission, rest: string, call: Omit<ApiCall, 'path'> = {}): ApiRow {
  return to(needs, async (app) => ({ path: `${API}/${(await anOwn(app)).slug}${rest}`, ...call }));
}

async function anOwn(app: App) {
  const rooms = [
    { ...POLICY, moderatorRule: undefined, features: undefined, lobbyBypass: undefined },
  ];
  const slug = `own-${randomUUID().slice(0, 8)}`;
  const clients = [wikiClient()];
  const issuer = await app.addIssuer({ slug, serverUrl: undefined, rooms, clients });
  const place = { issuerId: issuer.id, clientId: 'wiki' };
  await app.stores.clients.setSecret(place, WIKI_SECRET, app.clock.now());
  return issuer;
}

export function aPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
