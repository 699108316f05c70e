/**
 * Who may ask what of the administration's pages. A new address brings its row, or the test that
 * walks the table fails: written by hand, so that a right that was given by mistake is seen.
 *
 * @module
 */
import { type App, keyId, stopId } from './api-calls.ts';
import { ISSUER_ADDRESSES } from './issuer-rows.ts';
import { PEOPLE_ADDRESSES } from './people-rows.ts';
import { UPSTREAM_ADDRESSES } from './upstream-rows.ts';

/** A: administrator, M: user manager, U: auditor. */
export type Roles = 'A' | 'AM' | 'AU' | 'AMU';

export interface AdminRow {
  readonly roles: Roles;
  /** Of a thing that is there. */
  readonly at: (app: App) => string | Promise<string>;
  /** What a form must hold before its other fields are looked at. */
  readonly fields?: Readonly<Record<string, string>>;
}

const at = (roles: Roles, path: string): AdminRow => ({ roles, at: () => path });

export const ADMIN_ADDRESSES: Readonly<Record<string, AdminRow>> = {
  ...PEOPLE_ADDRESSES,
  ...ISSUER_ADDRESSES,
  ...UPSTREAM_ADDRESSES,

  'GET /admin': at('AU', '/admin'),

  'GET /admin/api-keys': at('AU', '/admin/api-keys'),
  'GET /admin/api-keys/new': at('A', '/admin/api-keys/new'),
  'POST /admin/api-keys/new': at('A', '/admin/api-keys/new'),
  'POST /admin/api-keys/:id/revoke': {
    roles: 'A',
    at: async (app) => `/admin/api-keys/${await keyId(app)}/revoke`,
  },

  'GET /admin/audit': at('AU', '/admin/audit'),
  'GET /admin/audit/export': at('AU', '/admin/audit/export?format=csv'),
  'POST /admin/audit/retention': at('A', '/admin/audit/retention'),
  'GET /admin/audit/:id': {
    roles: 'AU',
    at: async (app) => {
      const [event] = await app.stores.auditEvents.list({ limit: 1 });
      return `/admin/audit/${event?.id}`;
    },
  },

  'GET /admin/stops': at('AU', '/admin/stops'),
  'GET /admin/stops/new': at('A', '/admin/stops/new'),
  'POST /admin/stops/new': at('A', '/admin/stops/new'),
  'GET /admin/stops/:id': ofStop('AU', ''),
  'POST /admin/stops/:id/lift': ofStop('A', '/lift'),

  'GET /admin/explain': at('AU', '/admin/explain'),
  'POST /admin/explain/token': at('A', '/admin/explain/token'),
  'GET /admin/inspect': at('AU', '/admin/inspect'),
  'POST /admin/inspect': at('AU', '/admin/inspect'),
  'POST /admin/rules/check': at('AU', '/admin/rules/check'),
  'GET /admin/rules/words': at('AU', '/admin/rules/words'),

  'GET /admin/export': at('AU', '/admin/export'),
  'GET /admin/export/roomkey.yaml': at('AU', '/admin/export/roomkey.yaml'),
};

function ofStop(roles: Roles, rest: string): AdminRow {
  return { roles, at: async (app) => `/admin/stops/${await stopId(app)}${rest}` };
}
