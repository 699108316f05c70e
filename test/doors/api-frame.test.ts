/** What the API's frame does for every route. */
import { describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../../src/domain/permissions.ts';
import { API_CALLS } from '../support/api-calls.ts';
import { testApp } from '../support/app.ts';

const app = await testApp();
await app.addIssuer();
const path = '/api/v1/issuers';

describe('the API', () => {
  it('answers who has a key with the right, in JSON', async () => {
    const key = await app.apiKey(['issuers:read']);
    const answer = await app.api('GET', path, { key });
    expect(answer.status).toBe(200);
    expect(answer.json.items).toEqual([expect.objectContaining({ slug: 'main' })]);
  });

  it('wants a key, and says how', async () => {
    const answer = await app.api('GET', path);
    expect([answer.status, answer.json.error.code]).toEqual([401, 'api_key_required']);
    expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer realm="roomkey"');
  });

  it('takes no cookie for a key', async () => {
    const root = await app.addUser({ username: 'root', role: 'administrator' });
    await app.givePassword(root);
    const visitor = app.visitor();
    await visitor.signIn('root', 'a long enough passphrase');
    expect((await visitor.get(path)).status).toBe(401);
  });

  it.each(['rk_unknown', '', 'x'.repeat(201), 'a b'])('refuses the key %j', async (key) => {
    expect((await app.api('GET', path, { key })).status).toBe(401);
  });

  it('refuses a key without the right, and one whose maker no longer has it', async () => {
    const weak = await app.apiKey(['users:read']);
    expect((await app.api('GET', path, { key: weak })).json.error.code).toBe('permission_required');

    const manager = await app.addUser({ role: 'user_manager' });
    const proud = await app.apiKey(['issuers:read'], manager);
    expect((await app.api('GET', path, { key: proud })).status).toBe(403);
  });

  it('refuses the key of somebody disabled', async () => {
    const maker = await app.addUser({ role: 'administrator' });
    const key = await app.apiKey(['issuers:read'], maker);
    await app.stores.users.setDisabledAt(maker.id, app.clock.now(), app.clock.now());
    expect((await app.api('GET', path, { key })).json.error.code).toBe('api_key_invalid');
  });

  it.each([
    ['GET', '/api/v1/nothing', 404, 'page_not_found'],
    ['DELETE', path, 405, 'method_not_allowed'],
    ['GET', `${path}?unknown=1`, 400, 'input_invalid'],
  ])('answers %s %s with %i', async (method, address, status, code) => {
    const key = await app.apiKey(['issuers:read']);
    const answer = await app.api(method, address, { key });
    expect([answer.status, answer.json.error.code]).toEqual([status, code]);
    expect(answer.json.error.reference).toBe(answer.headers.get('X-Request-Id'));
  });

  it('refuses a body where none is read, and does nothing', async () => {
    const key = await app.apiKey(PERMISSIONS);
    const bodiless = Object.entries(API_CALLS).filter(([name]) => !name.startsWith('GET'));
    let tried = 0;
    for (const [name, row] of bodiless) {
      const [method = ''] = name.split(' ');
      const call = await row.call(app);
      if (call.body) continue;
      const answer = await app.api(method, call.path, { key, body: { x: 1 } });
      expect([name, answer.status, answer.json?.error]).toMatchObject([
        name,
        400,
        { code: 'input_invalid', issues: [{ path: 'body' }] },
      ]);
      tried += 1;
    }
    expect(tried).toBeGreaterThan(10);
  });
});
