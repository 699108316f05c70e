import { beforeAll, describe, expect, it } from 'vitest';
import type { UserRole } from '../../src/domain/permissions.ts';
import { testApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
let root: Visitor;

async function visitorOf(role: UserRole, username: string): Promise<Visitor> {
  const user = await app.addUser({ username, role });
  await app.givePassword(user);
  const visitor = app.visitor();
  await visitor.signIn(username, PASSWORD);
  return visitor;
}
beforeAll(async () => {
  root = await visitorOf('administrator', 'root');
});

const NEW = '/admin/api-keys/new';
const tokenIn = (text: string) => /rk_[\w-]{43}/.exec(text)?.[0] ?? '';
const me = (key: string) => app.api('GET', '/api/v1/me', { key });

describe('the pages of API keys', () => {
  it('make a key that works, show it once, and revoke it', async () => {
    const fields = { name: 'HumHub', days: '30', 'scope.tokens:mint': 'yes' };
    const made = await root.submit(NEW, fields);
    expect(made.status).toBe(200);
    expect(made.headers.get('Cache-Control')).toBe('no-store');
    const token = tokenIn(made.text);
    const answer = await me(token);
    expect(answer.json).toMatchObject({
      name: 'HumHub',
      scopes: ['tokens:mint'],
      permissions: ['tokens:mint'],
      state: 'active',
      createdBy: 'root',
    });

    const list = await root.get('/admin/api-keys');
    expect(list.text).toContain('HumHub');
    expect(list.text).not.toContain(token);
    const revoke = `/admin/api-keys/${answer.json.id}/revoke`;
    const revoked = await root.submit(revoke, {}, { page: '/admin/api-keys' });
    expect(revoked.location).toBe('/admin/api-keys?done=revoked');
    expect((await me(token)).status).toBe(401);
  });

  it.each([
    ['no name', { name: ' ', 'scope.users:read': 'yes' }, 'Give it a name'],
    ['a long name', { name: 'x'.repeat(101), 'scope.users:read': 'yes' }, 'At most 100'],
    ['no right', { name: 'x' }, 'Choose at least one'],
  ])('ask again for %s, and keep what was typed', async (_what, fields, words) => {
    const answer = await root.submit(NEW, { ...fields, days: '365' });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(words);
    expect(answer.text).toContain('value="365" selected');
  });

  it.each([{ role: 'administrator' }, { scopes: '*' }, { 'scope.everything': 'yes' }])(
    'refuse fields that are not the form’s: %j',
    async (extra) => {
      const answer = await root.submit(NEW, { name: 'x', 'scope.users:read': 'yes', ...extra });
      expect(answer.status).toBe(400);
      expect(tokenIn(answer.text)).toBe('');
    },
  );

  it('answer an auditor the list alone', async () => {
    const auditor = await visitorOf('auditor', 'audrey');
    const list = await auditor.get('/admin/api-keys');
    expect(list.status).toBe(200);
    expect(list.text).not.toContain('/revoke');
    expect((await auditor.get(NEW)).status).toBe(403);
    expect((await auditor.submit(NEW, { name: 'x' }, { page: '/account' })).status).toBe(403);
  });

  it('know no key by another address', async () => {
    const submit = (id: string) =>
      root.submit(`/admin/api-keys/${id}/revoke`, {}, { page: '/admin/api-keys' });
    expect((await submit('x')).status).toBe(404);
    expect((await submit('0b7c0d3e-4a55-4e0d-9d0e-0d6a7b1c2f11')).status).toBe(404);
  });
});

describe('the API of API keys', () => {
  it('makes a key within the caller’s own rights, lists it, and revokes it', async () => {
    const key = await app.apiKey(['api-keys:read', 'api-keys:write', 'users:read']);
    const body = { name: 'child', scopes: ['users:read'], expiresAt: '2027-01-01T00:00:00+01:00' };
    const made = await app.api('POST', '/api/v1/api-keys', { key, body });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({ name: 'child', expiresAt: '2026-12-31T23:00:00.000Z' });
    const address = made.headers.get('Location') ?? '';
    expect((await me(made.json.token)).json.permissions).toEqual(['users:read']);

    const list = await app.api('GET', '/api/v1/api-keys?q=chi', { key });
    expect(list.json.items.map(({ name }: { name: string }) => name)).toEqual(['child']);
    expect(list.text).not.toContain(made.json.token);
    expect((await app.api('GET', address, { key })).json.id).toBe(made.json.id);
    expect((await app.api('DELETE', address, { key })).status).toBe(204);
    expect((await app.api('GET', address, { key })).json.state).toBe('revoked');
    expect((await me(made.json.token)).status).toBe(401);
  });

  it('makes no key that may do more than the caller', async () => {
    const key = await app.apiKey(['api-keys:write']);
    const body = { name: 'x', scopes: ['api-keys:write', 'keys:write'] };
    const answer = await app.api('POST', '/api/v1/api-keys', { key, body });
    expect([answer.status, answer.json.error.code]).toEqual([403, 'api_key_beyond_maker']);
  });

  it('makes no key that outlives the caller', async () => {
    const parent = await app.apiKey(['api-keys:write']);
    const scopes = ['api-keys:write'];
    const make = (key: string, expiresAt: string | null) =>
      app.api('POST', '/api/v1/api-keys', { key, body: { name: 'x', scopes, expiresAt } });
    const { token } = (await make(parent, '2027-01-01T00:00:00Z')).json;
    for (const later of ['2027-01-01T00:00:01Z', null])
      expect((await make(token, later)).json.error?.issues[0].path).toBe('body.expiresAt');
    expect((await make(token, '2027-01-01T00:00:00Z')).status).toBe(201);
    expect((await make(parent, null)).status).toBe(201);
  });

  it.each([
    [{ name: 'x', scopes: ['users:read'], createdBy: 'root' }],
    [{ name: 'x', scopes: ['users:read'], id: '0b7c0d3e-4a55-4e0d-9d0e-0d6a7b1c2f11' }],
    [{ name: 'x', scopes: ['everything'] }],
    [{ name: '', scopes: ['users:read'] }],
    [{ name: 'backup\nroot', scopes: ['users:read'] }],
    [{ name: '\u202Epukcab', scopes: ['users:read'] }],
    [{ name: 'x', scopes: [] }],
    [{ name: 'x', scopes: ['users:read'], expiresAt: '2026-01-01T00:00:00Z' }],
    [[]],
  ])('refuses the body %j', async (body) => {
    const key = await app.apiKey(['api-keys:write', 'users:read']);
    const answer = await app.api('POST', '/api/v1/api-keys', { key, body });
    expect([answer.status, answer.json.error.code]).toEqual([400, 'input_invalid']);
  });
});
