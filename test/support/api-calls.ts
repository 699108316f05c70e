/**
 * One call for each address of the API that succeeds with the right of its own alone: a new address
 * brings its row, or the tests that walk the table fail.
 *
 * @module
 */
import { tokenHash } from '../../src/crypto/digest.ts';
import type { Permission } from '../../src/domain/permissions.ts';
import { stopTokens } from '../../src/operations/stop-tokens.ts';
import type { testApp } from './app.ts';
import { ISSUER_CALLS } from './issuer-rows.ts';
import { PEOPLE_CALLS } from './people-rows.ts';
import { UPSTREAM_CALLS } from './upstream-rows.ts';

export type App = Awaited<ReturnType<typeof testApp>>;

export interface ApiCall {
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the answer; 200 unless it says so. */
  readonly status?: number;
}

export interface ApiRow {
  /** The one scope that lets it through; `undefined`: any key will do. */
  readonly needs: Permission | undefined;
  /** Lays down what it is about; the issuer `main` and the user `ada` are there. */
  readonly call: (app: App) => ApiCall | Promise<ApiCall>;
}

export const API_CALLS: Readonly<Record<string, ApiRow>> = {
  ...PEOPLE_CALLS,
  ...ISSUER_CALLS,
  ...UPSTREAM_CALLS,

  'GET /api/v1/me': row(undefined, '/api/v1/me'),

  'GET /api/v1/api-keys': row('api-keys:read', '/api/v1/api-keys?q=test'),
  'POST /api/v1/api-keys': row('api-keys:write', '/api/v1/api-keys', {
    body: { name: 'child', scopes: ['api-keys:write'] },
    status: 201,
  }),
  'GET /api/v1/api-keys/{id}': {
    needs: 'api-keys:read',
    call: async (app) => ({ path: `/api/v1/api-keys/${await keyId(app)}` }),
  },
  'DELETE /api/v1/api-keys/{id}': {
    needs: 'api-keys:write',
    call: async (app) => ({ path: `/api/v1/api-keys/${await keyId(app)}`, status: 204 }),
  },

  'POST /api/v1/explain': row('explain', '/api/v1/explain', {
    body: { issuer: 'main', user: 'ada', room: 'standup' },
  }),
  'POST /api/v1/issuers/{issuer}/impact': row('explain', '/api/v1/issuers/main/impact', {
    body: { draft: { useRule: '0' }, room: 'standup' },
  }),
  'POST /api/v1/inspect': row('explain', '/api/v1/inspect', { body: { token: 'a.b.c' } }),
  'POST /api/v1/rules/check': row('issuers:read', '/api/v1/rules/check', {
    body: { kind: 'rule', source: "inGroup('staff')" },
  }),
  'GET /api/v1/rules/words': row('issuers:read', '/api/v1/rules/words?kind=mapping&issuer=main'),

  'GET /api/v1/audit-events': row('audit:read', '/api/v1/audit-events?type=key&q=main'),
  'GET /api/v1/audit-events/export': row('audit:read', '/api/v1/audit-events/export?format=csv'),
  'GET /api/v1/audit-events/{id}': {
    needs: 'audit:read',
    call: async ({ stores, clock }) => {
      await stores.auditEvents.add({ at: clock.now(), type: 'key.created' });
      const [event] = await stores.auditEvents.list({ limit: 1 });
      return { path: `/api/v1/audit-events/${event?.id ?? ''}` };
    },
  },
  'GET /api/v1/settings/audit-retention': row('settings:read', '/api/v1/settings/audit-retention'),
  'PUT /api/v1/settings/audit-retention': row(
    'settings:write',
    '/api/v1/settings/audit-retention',
    { body: { days: 30 } },
  ),

  'GET /api/v1/stops': row('audit:read', '/api/v1/stops'),
  'POST /api/v1/stops': row('tokens:stop', '/api/v1/stops', {
    body: { issuer: 'main', room: 'stopped-*', reason: 'noise' },
    status: 201,
  }),
  'GET /api/v1/stops/{id}': {
    needs: 'audit:read',
    call: async (app) => ({ path: `/api/v1/stops/${await stopId(app)}` }),
  },
  'DELETE /api/v1/stops/{id}': {
    needs: 'tokens:stop',
    call: async (app) => ({ path: `/api/v1/stops/${await stopId(app)}` }),
  },
  'GET /api/v1/outstanding-tokens': row('audit:read', '/api/v1/outstanding-tokens?user=ada'),

  'GET /api/v1/statistics': row('audit:read', '/api/v1/statistics?period=month'),

  'GET /api/v1/config': row('settings:read', '/api/v1/config'),

  'POST /api/v1/issuers/{issuer}/tokens': row('tokens:mint', '/api/v1/issuers/main/tokens', {
    body: { user: 'ada', room: 'Café Réunion' },
    status: 201,
  }),
};

function row(
  needs: Permission | undefined,
  path: string,
  call: Omit<ApiCall, 'path'> = {},
): ApiRow {
  return { needs, call: () => ({ path, ...call }) };
}

/** Of a stop made just now. */
export async function stopId(app: App): Promise<string> {
  const fields = { issuer: 'main', room: 'stopped', reason: 'noise' };
  return (await stopTokens(app, { fields, actor: { actorName: 'test' } })).id;
}

/** Of a key made just now. */
export async function keyId(app: App): Promise<string> {
  const token = await app.apiKey(['users:read']);
  const found = await app.stores.apiKeys.findAlive(tokenHash(token), app.clock.now());
  return found?.key.id ?? '';
}
