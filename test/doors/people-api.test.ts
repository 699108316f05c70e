import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testApp } from '../support/app.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
let key: string;
let reader: string;

beforeAll(async () => {
  const root = await app.addUser({ username: 'root', role: 'administrator', groups: ['staff'] });
  key = await app.apiKey(['users:read', 'users:write'], root);
  reader = await app.apiKey(['users:read'], root);
});
beforeEach(async () => {
  await app.database.knex('users').whereNot({ username: 'root' }).del();
});

const call = (method: string, path: string, body?: unknown, headers = {}) =>
  app.api(method, `/api/v1${path}`, { key, headers, ...(body === undefined ? {} : { body }) });
const ADA = {
  displayName: 'Ada Lovelace',
  email: 'ada@example.org',
  groups: ['staff'],
  attributes: { floor: 3, tags: ['a'] },
};

describe('PUT /users/{username}', () => {
  it('adds, then changes nothing, then changes', async () => {
    const made = await call('PUT', '/users/ada', ADA);
    expect([made.status, made.headers.get('Location')]).toEqual([201, '/api/v1/users/ada']);
    expect(made.json).toMatchObject({ ...ADA, username: 'ada', role: null, disabled: false });
    const again = await call('PUT', '/users/ada', ADA);
    expect([again.status, again.json]).toEqual([200, made.json]);
    expect(again.headers.get('ETag')).toBe(made.headers.get('ETag'));
    const bare = await call('PUT', '/users/ADA', {});
    expect(bare.json).toMatchObject({ email: null, groups: [], attributes: {}, username: 'ADA' });
    const events = await app.stores.auditEvents.list({ limit: 9 });
    const told = events.filter(({ type }) => type.startsWith('user.')).map(({ type }) => type);
    expect(told).toEqual(['user.updated', 'user.created']);
  });

  it('takes any name that a user may have', async () => {
    const name = 'a/b c?d#é%@example.org';
    const path = `/users/${encodeURIComponent(name)}`;
    expect((await call('PUT', path, {})).status).toBe(201);
    expect((await call('GET', path)).json.username).toBe(name);
  });

  it.each(['.', '..'])('takes no name that no address can hold: %s', async (name) => {
    const refused = await call('POST', '/users', { username: name });
    expect([refused.status, refused.json.error.code]).toEqual([400, 'input_invalid']);
    await call('PUT', '/groups/dots', {});
    expect((await call('PATCH', '/groups/dots', { name })).status).toBe(400);
    await call('PUT', '/users/ada', ADA);
    expect((await call('PATCH', '/users/ada', { username: name })).status).toBe(400);
  });

  it('expects what it is told to expect', async () => {
    const missing = await call('PUT', '/users/ada', ADA, { 'If-Match': '"x"' });
    expect([missing.status, missing.json.error.code]).toEqual([412, 'changed_meanwhile']);
    const tag = (await call('PUT', '/users/ada', ADA)).headers.get('ETag') ?? '';
    await call('PATCH', '/users/ada', { displayName: 'x' });
    for (const [method, body] of [
      ['PUT', ADA],
      ['PATCH', {}],
      ['DELETE', undefined],
    ] as const)
      expect((await call(method, '/users/ada', body, { 'If-Match': tag })).status).toBe(412);
    const now = (await call('GET', '/users/ada')).headers.get('ETag') ?? '';
    expect((await call('PUT', '/users/ada', ADA, { 'If-Match': now })).status).toBe(200);
  });

  it('does not take an e-mail address for a name', async () => {
    await call('PUT', '/users/ada', ADA);
    expect((await call('GET', '/users/ada%40example.org')).status).toBe(404);
    const taken = await call('PUT', '/users/ada%40example.org', {});
    expect([taken.status, taken.json.error.code]).toEqual([409, 'login_name_taken']);
  });

  it.each([
    [{ role: 'administrator' }, 403, 'permission_required'],
    [{ passwordHash: '$argon2id$x' }, 400, 'input_invalid'],
    [{ id: '0b7c0d3e-4a55-4e0d-9d0e-0d6a7b1c2f11' }, 400, 'input_invalid'],
    [{ source: 'ldap' }, 400, 'input_invalid'],
    [{ createdAt: '2026-01-01T00:00:00Z' }, 400, 'input_invalid'],
    [{ groups: ['nope'] }, 400, 'input_invalid'],
    [{ attributes: { x: { y: 1 } } }, 400, 'input_invalid'],
    [{ email: 'x' }, 400, 'input_invalid'],
    [{ email: 'a\0b@c' }, 400, 'input_invalid'],
  ])('refuses %j for somebody new and somebody known', async (body, status, code) => {
    const made = await call('PUT', '/users/new', body);
    expect([made.status, made.json.error.code]).toEqual([status, code]);
    await call('PUT', '/users/ada', {});
    const changed = await call('PUT', '/users/ada', body);
    expect([changed.status, changed.json.error.code]).toEqual([status, code]);
  });

  it('gives roles to who may give them', async () => {
    const root = await app.stores.users.findByLoginName('root');
    const full = await app.apiKey(['users:read', 'users:write', 'roles:write'], root?.user);
    const give = (role: string) =>
      app.api('PUT', '/api/v1/users/ada', { key: full, body: { role } });
    expect((await give('user_manager')).json.role).toBe('user_manager');
    expect((await give('auditor')).json.error.code).toBe('rights_too_high');
    expect((await call('PATCH', '/users/root', { email: 'x@y' })).json.error.code).toBe(
      'rights_too_high',
    );
  });
});

describe('users', () => {
  it('are listed with filters, page by page', async () => {
    for (const nth of [1, 2, 3]) await call('POST', '/users', { username: `list-${nth}` });
    const list = await call('GET', '/users?q=list&sort=created&order=descending&status=enabled');
    expect(list.json).toMatchObject({ next: null, total: { count: 3, more: false } });
    expect((await call('GET', '/users?q=list&status=disabled')).json.items).toEqual([]);
    for (const query of ['sort=x', 'after=x', 'limit=5', 'q=a&q=b'])
      expect((await call('GET', `/users?${query}`)).status).toBe(400);
  });

  it('are disabled, signed out, removed and put back', async () => {
    await call('PUT', '/users/ada', ADA);
    expect((await call('PATCH', '/users/ada', { disabled: true })).json.disabled).toBe(true);
    expect((await call('GET', '/users/ada/sessions')).json).toEqual({ items: [] });
    expect((await call('DELETE', '/users/ada/sessions')).status).toBe(204);
    const session = `/users/ada/sessions/${crypto.randomUUID()}`;
    expect((await call('DELETE', session)).json.error.code).toBe('session_not_found');
    expect((await call('DELETE', '/users/ada')).status).toBe(204);
    expect((await call('GET', '/users/ada')).status).toBe(404);
    const [item] = (await call('GET', '/bin')).json.items;
    expect(item).toMatchObject({ kind: 'user', name: 'ada', removedBy: 'api:test' });
    await call('PUT', '/users/eve', { email: 'ada' });
  });

  it('come back from the bin, unless a name is taken', async () => {
    await call('PUT', '/users/ada', ADA);
    await call('DELETE', '/users/ada');
    const { items } = (await call('GET', '/bin')).json;
    const restore = `/bin/${items[0].id}/restore`;
    await call('PUT', '/users/eve', { email: 'ada@example.org' });
    expect((await call('POST', restore)).json.error.code).toBe('restore_conflict');
    await call('DELETE', '/users/eve');
    expect((await call('POST', restore)).status).toBe(204);
    expect((await call('GET', '/users/ada')).json.email).toBe('ada@example.org');
    expect((await call('DELETE', `/bin/${items[0].id}`)).status).toBe(404);
    await call('DELETE', '/users/ada');
    expect((await call('DELETE', '/bin')).json.removed).toBeGreaterThan(0);
    const [event] = await app.stores.auditEvents.list({ type: 'bin.emptied', limit: 1 });
    expect(event?.details?.user).toContain('ada');
  });

  it('get a link for a password, told once', async () => {
    await call('PUT', '/users/ada', ADA);
    const made = await call('POST', '/users/ada/password-link', {});
    expect(made.status).toBe(201);
    expect(made.headers.get('Cache-Control')).toBe('no-store');
    const { pathname } = new URL(made.json.link);
    expect((await app.visitor().get(pathname)).status).toBe(200);
    expect((await call('POST', '/users/root/password-link', {})).status).toBe(403);
  });

  it('are changed several at once, with a word of each', async () => {
    await call('PUT', '/users/ada', {});
    const id = async (name: string) => (await call('GET', `/users/${name}`)).json.id;
    const ids = [await id('ada'), await id('root')];
    const results = async (body: object) =>
      (await call('POST', '/users/bulk', { ids, ...body })).json.results;
    expect(await results({ action: 'add_to_group', group: 'staff' })).toEqual([
      { id: ids[0], refused: null },
      { id: ids[1], refused: 'rights_too_high' },
    ]);
    expect((await call('GET', '/users/ada')).json.groups).toEqual(['staff']);
    expect((await call('POST', '/users/bulk', { ids, action: 'add_to_group' })).status).toBe(400);
    expect((await call('POST', '/users/bulk', { ids: [], action: 'remove' })).status).toBe(400);
  });
});

describe('groups', () => {
  it('are made, renamed, filled, emptied and removed', async () => {
    await call('PUT', '/users/ada', {});
    const path = `/groups/${encodeURIComponent('Night / shift')}`;
    expect((await call('PUT', path, {})).status).toBe(201);
    expect((await call('PUT', path, {})).status).toBe(200);
    expect((await call('PUT', `${path}/members/ada`)).status).toBe(204);
    expect((await call('GET', path)).json.members).toEqual({ count: 1, more: false });
    expect((await call('DELETE', `${path}/members/ada`)).status).toBe(204);
    const tag = (await call('GET', path)).headers.get('ETag') ?? '';
    expect((await call('PATCH', path, { name: 'Day' }, { 'If-Match': tag })).json.name).toBe('Day');
    expect((await call('DELETE', '/groups/day', undefined, { 'If-Match': tag })).status).toBe(412);
    expect((await call('DELETE', '/groups/day')).status).toBe(204);
    expect((await call('GET', '/groups/day')).status).toBe(404);
    expect((await call('GET', '/groups?q=sta')).json.items).toMatchObject([{ name: 'staff' }]);
    expect((await call('GET', '/groups?sort=created')).status).toBe(200);
    expect((await call('GET', '/groups?sort=size')).status).toBe(400);
    expect((await call('PUT', '/groups/%20', {})).status).toBe(400);
  });
});

describe('who only reads', () => {
  it.each([
    ['PUT', '/users/x', {}],
    ['POST', '/users', { username: 'x' }],
    ['PATCH', '/users/root', {}],
    ['DELETE', '/users/root', undefined],
    ['POST', '/users/root/password-link', {}],
    ['DELETE', '/users/root/sessions', undefined],
    ['POST', '/users/bulk', { action: 'remove', ids: [] }],
    ['PUT', '/groups/x', {}],
    ['PATCH', '/groups/staff', { name: 'x' }],
    ['DELETE', '/groups/staff', undefined],
    ['PUT', '/groups/staff/members/root', undefined],
    ['DELETE', '/bin', undefined],
  ])('may not %s %s', async (method, path, body) => {
    const options = { key: reader, ...(body === undefined ? {} : { body }) };
    const answer = await app.api(method, `/api/v1${path}`, options);
    expect([answer.status, answer.json.error.code]).toEqual([403, 'permission_required']);
  });
});

describe('the call that a page shows', () => {
  it('finds by machine what the page finds', async () => {
    await call('PUT', '/users/ada', ADA);
    await call('PUT', '/users/eve', {});
    const root = await app.stores.users.findByLoginName('root');
    if (!root) throw new Error('no root');
    await app.givePassword(root.user);
    const visitor = app.visitor();
    await visitor.signIn('root', PASSWORD);
    for (const [page, found] of [
      ['/admin/users?q=ada&group=staff&status=&role=&sort=created', 1],
      ['/admin/groups', 1],
      ['/admin/bin', 0],
      ['/admin/imports', 0],
    ] as const) {
      const { text } = await visitor.get(page);
      const shown = /https:\/\/auth\.example\.org(\/api\/v1\/[^&<]*(?:&amp;[^&<]*)*)&#39;/.exec(
        text,
      );
      const path = (shown?.[1] ?? '').replaceAll('&amp;', '&');
      const answer = await app.api('GET', path, { key });
      expect([page, answer.status]).toEqual([page, 200]);
      expect(answer.json.items.length).toBeGreaterThanOrEqual(found);
    }
  });
});
