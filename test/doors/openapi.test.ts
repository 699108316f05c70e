import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../../src/domain/permissions.ts';
import { documentedPath } from '../../src/doors/admin-api/openapi.ts';
import { apiRoutes } from '../../src/doors/admin-api/routes.ts';
import { API_CALLS } from '../support/api-calls.ts';
import {
  createConformance,
  type OpenApiDocument,
  type SeenAnswer,
} from '../support/api-conformance.ts';
import { testApp } from '../support/app.ts';

const app = await testApp();
await app.addIssuer();
await app.addUser({ username: 'ada' });
const document: OpenApiDocument & { readonly servers: readonly unknown[] } = (
  await app.api('GET', '/api/openapi.json')
).json;

const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(([method, operation]) => ({
    key: `${method.toUpperCase()} ${path}`,
    ...operation,
  })),
);

describe('GET /api/openapi.json', () => {
  it('is a description that OpenAPI 3.1 knows', async () => {
    const result = await new Validator().validate({ ...structuredClone(document) });
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
    expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./) });
  });

  it('names the public URL, and each operation once', () => {
    expect(document.servers).toEqual([{ url: 'https://auth.example.org' }]);
    const ids = documented.map(({ operationId }) => operationId);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  });

  it('describes every address the server routes, and no other', () => {
    const findCaller = async () => undefined;
    const { stack } = apiRoutes({ ...app.context, findCaller });
    const routed = stack.flatMap(({ path, methods }) =>
      methods
        .filter((method) => method !== 'HEAD')
        .map((method) => `${method} ${documentedPath(String(path))}`),
    );
    const served = routed.filter((route) => route !== 'GET /api/openapi.json');
    expect(documented.map(({ key }) => key).sort()).toEqual(served.sort());
  });

  it('names scopes there are', () => {
    const named = documented.flatMap(({ security }) => security.flatMap(({ apiKey }) => apiKey));
    expect(named.filter((scope) => !PERMISSIONS.some((known) => known === scope))).toEqual([]);
  });
});

describe('every documented address', () => {
  it('has its call in test/support/api-calls.ts', () => {
    expect(Object.keys(API_CALLS).sort()).toEqual(documented.map(({ key }) => key).sort());
  });

  /** `app.api` holds each answer against the description. */
  it.each(documented)('$key answers as promised', async ({ key }) => {
    const call = await API_CALLS[key]?.call(app);
    if (!call) throw new Error('no call');
    const admin = await app.apiKey(PERMISSIONS);
    const [method = ''] = key.split(' ');
    const answer = await app.api(method, call.path, { ...call, key: admin });
    expect(answer.status, answer.text).toBe(call.status ?? 200);
    expect((await app.api(method, call.path, call)).status).toBe(401);

    const strange = call.path + (call.path.includes('?') ? '&' : '?');
    const unknown = await app.api(method, `${strange}unknown=1`, { ...call, key: admin });
    expect([unknown.status, unknown.json?.error.code]).toEqual([400, 'input_invalid']);
  });

  it.each(documented.filter(({ requestBody }) => requestBody))(
    '$key refuses what is no JSON, and too much of it',
    async ({ key: name }) => {
      const call = await API_CALLS[name]?.call(app);
      if (!call?.body) return;
      const key = await app.apiKey(PERMISSIONS);
      const [method = ''] = name.split(' ');
      const text = { 'Content-Type': 'text/plain' };
      expect((await app.api(method, call.path, { ...call, key, headers: text })).status).toBe(415);
      const list = await app.api(method, call.path, { ...call, key, body: [] });
      expect(list.status).toBe(400);
      const much = { ...call.body, much: 'x'.repeat(20 * 2 ** 20) };
      expect((await app.api(method, call.path, { ...call, key, body: much })).status).toBe(413);
    },
  );
});

describe('the look at answers', () => {
  const check = createConformance(document);
  const seen: SeenAnswer = {
    method: 'GET',
    path: '/api/v1/issuers',
    status: 200,
    contentType: 'application/json; charset=utf-8',
    text: '{"items":[]}',
  };

  it('takes what is promised', () => {
    expect(check(seen)).toBeUndefined();
  });

  it.each<Partial<SeenAnswer>>([
    { status: 418 },
    { contentType: 'text/html' },
    { text: '{}' },
    { text: '{"items":[{"slug":1}]}' },
    { text: '{"items":[],"secret":"x"}' },
    { status: 401, text: '{"error":{"code":"other","message":"x","reference":"x"}}' },
  ])('sees %j', (change) => {
    expect(check({ ...seen, ...change })).toBeDefined();
  });
});
