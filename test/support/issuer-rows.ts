/**
 * Issuers and settings: who may ask what of them, in the pages and by API keys.
 *
 * @module
 */
import type { AdminRow, Roles } from './admin-addresses.ts';

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
  'GET /admin/issuers/:slug/integration': own('/integration', 'AU'),
  'GET /admin/issuers/:slug/integration/:file': own('/integration/jitsi.env', 'AU'),
  'GET /admin/issuers/:slug/check': own('/check', 'AU'),
  'POST /admin/issuers/:slug/check': own('/check', 'AU'),
};
