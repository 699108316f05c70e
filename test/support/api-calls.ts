/**
 * One call for each address of the API that succeeds with the right of its own alone: a new address
 * brings its row, or the tests that walk the table fail.
 *
 * @module
 */
import type { testApp } from './app.ts';

export type App = Awaited<ReturnType<typeof testApp>>;

export interface ApiCall {
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of the answer; 200 unless it says so. */
  readonly status?: number;
}

/** Lays down what the call is about, and gives the call. `main` and `ada` are there. */
export type ApiCallOf = (app: App) => ApiCall | Promise<ApiCall>;

export const API_CALLS: Readonly<Record<string, ApiCallOf>> = {
  'GET /api/v1/me': () => ({ path: '/api/v1/me' }),

  'GET /api/v1/api-keys': () => ({ path: '/api/v1/api-keys?q=test' }),
  'POST /api/v1/api-keys': () => ({
    path: '/api/v1/api-keys',
    body: { name: 'child', scopes: ['api-keys:write'] },
    status: 201,
  }),
  'GET /api/v1/api-keys/{id}': async (app) => ({ path: `/api/v1/api-keys/${await keyId(app)}` }),
  'DELETE /api/v1/api-keys/{id}': async (app) => ({
    path: `/api/v1/api-keys/${await keyId(app)}`,
    status: 204,
  }),

  'GET /api/v1/config': () => ({ path: '/api/v1/config' }),

  'GET /api/v1/issuers': () => ({ path: '/api/v1/issuers' }),
  'POST /api/v1/issuers/{issuer}/tokens': () => ({
    path: '/api/v1/issuers/main/tokens',
    body: { user: 'ada', room: 'Café Réunion' },
    status: 201,
  }),
};

async function keyId(app: App): Promise<string> {
  await app.apiKey(['users:read']);
  const page = await app.stores.apiKeys.list({ q: '', after: undefined, limit: 100 });
  return page.items.at(-1)?.key.id ?? '';
}
