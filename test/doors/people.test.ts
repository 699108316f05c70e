import { beforeAll, describe, expect, it } from 'vitest';
import { FRESH_SECONDS } from '../../src/domain/session.ts';
import type { User } from '../../src/domain/user.ts';
import { testApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
const { users, groups, bin } = app.stores;
let root: Visitor;
let manager: Visitor;
let auditor: Visitor;
let admin: User;

async function visitorOf(overrides: Partial<User>): Promise<[Visitor, User]> {
  const user = await app.addUser(overrides);
  await app.givePassword(user);
  const visitor = app.visitor();
  await visitor.signIn(user.username, PASSWORD);
  return [visitor, user];
}

beforeAll(async () => {
  [root, admin] = await visitorOf({ username: 'root', role: 'administrator', groups: ['staff'] });
  [manager] = await visitorOf({ username: 'mona', role: 'user_manager' });
  [auditor] = await visitorOf({ username: 'audrey', role: 'auditor' });
});

const someone = (overrides: Partial<User> = {}) => app.addUser(overrides);
const page = (user: { id: string }) => `/admin/users/${user.id}`;
const form = {
  username: 'grace',
  displayName: 'Grace Hopper',
  email: 'grace@example.org',
  groups: 'staff\n',
  'attribute.0.name': 'floor',
  'attribute.0.type': 'number',
  'attribute.0.value': '3',
};

describe('the list of users', () => {
  it('finds by words, filters, and keeps both in the address of the next page', async () => {
    for (let nth = 0; nth < 51; nth += 1)
      await someone({ username: `crowd-${nth}`, displayName: 'Crowd', groups: ['crowds'] });
    const first = await manager.get('/admin/users?q=crow&group=crowds&sort=-created');
    expect(first.text).toContain('51 found');
    const next = /href="([^"]*)" rel="next"/.exec(first.text)?.[1]?.replaceAll('&amp;', '&');
    expect(next).toContain('q=crow&group=crowds&sort=-created&after=');
    const second = await manager.get(next ?? '');
    expect(second.text.match(/href="\/admin\/users\/[\da-f-]{36}"/g)).toHaveLength(1);
  });

  it.each(['sort=password_hash', 'role=root', 'status=x', 'after=x', 'q=a&q=b'])(
    'refuses %s',
    async (query) => {
      expect((await root.get(`/admin/users?${query}`)).status).toBe(400);
    },
  );
});

describe('the form of a user', () => {
  it('adds somebody, with groups and typed attributes', async () => {
    const answer = await manager.submit('/admin/users/new', form);
    expect(answer.location).toMatch(/^\/admin\/users\/[\da-f-]{36}\?done=created$/);
    const grace = (await users.findByLoginName('grace'))?.user;
    expect(grace).toMatchObject({ groups: ['staff'], attributes: { floor: 3 }, role: undefined });
    expect((await manager.get(answer.location ?? '')).text).toContain('Grace Hopper');
  });

  it.each([
    ['a taken name', { username: 'ROOT' }, 'Somebody else signs in with this.'],
    ['no name', { username: ' ' }, 'A user name is needed.'],
    ['a wrong address', { username: 'x1', email: 'x' }, 'That is no e-mail address.'],
    ['an unknown group', { username: 'x1', groups: 'stuff' }, 'did you mean staff?'],
    ['a number that is none', { username: 'x1', 'attribute.0.value': 'x' }, 'must be a number'],
  ])('asks again for %s, and keeps what was typed', async (_what, changes, words) => {
    const email = 'other@example.org';
    const fields = { ...form, email, displayName: 'Kept Name', ...changes };
    const answer = await manager.submit('/admin/users/new', fields);
    expect([400, 409]).toContain(answer.status);
    expect(answer.text).toContain(words);
    expect(answer.text).toContain('value="Kept Name"');
    expect(answer.text).toContain('value="floor"');
  });

  it('changes somebody, unless somebody else did meanwhile', async () => {
    const ada = await someone({ username: 'ada', attributes: { tags: ['a;b', 'c'], on: true } });
    const edit = `${page(ada)}/edit`;
    const shown = (await manager.get(edit)).text;
    const etag = /name="etag" value="([^"]*)"/.exec(shown)?.[1]?.replaceAll('&quot;', '"') ?? '';
    expect(shown).toContain('[&quot;a;b&quot;,&quot;c&quot;]');
    const fields = {
      username: 'countess',
      etag,
      'attribute.0.name': 'tags',
      'attribute.0.type': 'list',
      'attribute.0.value': '["a;b","c"]',
    };
    expect((await manager.submit(edit, fields)).location).toBe(`${page(ada)}?done=saved`);
    expect(await users.findById(ada.id)).toMatchObject({
      username: 'countess',
      attributes: { tags: ['a;b', 'c'] },
    });
    expect((await manager.submit(edit, fields)).status).toBe(409);
  });

  it.each([
    { role: 'administrator' },
    { id: '0b7c0d3e-4a55-4e0d-9d0e-0d6a7b1c2f11' },
    { passwordHash: 'x' },
    { source: 'ldap' },
    { disabled: 'no' },
  ])('takes no field of another form: %j', async (extra) => {
    const before = await users.search({ limit: 1 });
    const answer = await root.submit('/admin/users/new', { ...form, username: 'x2', ...extra });
    expect(answer.status).toBe(400);
    expect((await users.search({ limit: 1 })).total).toEqual(before.total);
  });
});

describe('the page of a user', () => {
  it('disables, enables and signs out', async () => {
    const [browser, ada] = await visitorOf({ username: 'lin' });
    const act = (what: string, fields = {}) =>
      manager.submit(`${page(ada)}/${what}`, fields, { page: page(ada) });
    expect((await manager.get(page(ada))).text).toContain('Sign out');
    expect((await act('sign-out')).location).toBe(`${page(ada)}?done=signed_out`);
    expect((await browser.get('/account')).status).toBe(303);
    await act('disable');
    expect((await users.findById(ada.id))?.disabledAt).toBeDefined();
    await act('enable');
    expect((await users.findById(ada.id))?.disabledAt).toBeUndefined();
    expect((await act('sign-out', { session: ada.id })).status).toBe(404);
  });

  it('gives a role only to who may, and asks for the password when the sign-in is old', async () => {
    const [own] = await visitorOf({ username: 'root2', role: 'administrator' });
    const ada = await someone({ username: 'role-taker' });
    const role = (visitor: Visitor, extra = {}) =>
      visitor.submit(`${page(ada)}/role`, { role: 'auditor', ...extra }, { page: page(ada) });
    expect((await role(manager)).status).toBe(403);
    app.clock.advance(FRESH_SECONDS);
    const asked = await role(own);
    expect(asked.status).toBe(403);
    expect(asked.text).toContain('name="confirmPassword"');
    expect((await users.findById(ada.id))?.role).toBeUndefined();
    expect((await role(own, { confirmPassword: PASSWORD })).status).toBe(303);
    expect((await users.findById(ada.id))?.role).toBe('auditor');
  });

  it('lets a user manager do nothing to an administrator', async () => {
    const [fresh] = await visitorOf({ username: 'mia', role: 'user_manager' });
    const shown = await fresh.get(page(admin));
    expect(shown.status).toBe(200);
    expect(shown.text).not.toContain('/disable"');
    for (const what of ['disable', 'remove', 'invite', 'sign-out', 'edit']) {
      const fields = what === 'edit' ? { username: 'x', etag: '' } : {};
      const answer = await fresh.submit(`${page(admin)}/${what}`, fields, { page: '/account' });
      expect([what, answer.status]).toEqual([what, 403]);
    }
    expect(await users.findById(admin.id)).toEqual(admin);
  });

  it('makes a link that is shown once', async () => {
    const [fresh] = await visitorOf({ username: 'mio', role: 'user_manager' });
    const ada = await someone({ username: 'invited' });
    const answer = await fresh.submit(`${page(ada)}/invite`, {}, { page: page(ada) });
    const token = /\/password\/([\w-]{43})/.exec(answer.text)?.[1] ?? '';
    expect(token).not.toBe('');
    expect((await fresh.get(page(ada))).text).not.toContain(token);
    expect(app.log()).not.toContain(token);
  });
});

describe('several at once', () => {
  it('are changed, and who could not be is named', async () => {
    const ids = [await someone({ username: 'bulk-a' }), await someone({ username: 'bulk-b' })];
    const boxes = (chosen: readonly User[]) =>
      Object.fromEntries(chosen.map(({ id }) => [`user.${id}`, 'yes']));
    const submit = (fields: Record<string, string>) =>
      manager.submit('/admin/users/bulk', fields, { page: '/admin/users' });
    const back = '/admin/users?q=bulk&done=saved';
    const done = await submit({ ...boxes(ids), action: 'add_to_group', group: 'STAFF', back });
    expect(done.location).toBe('/admin/users?q=bulk&done=bulk');
    expect((await users.findById(ids[0]?.id ?? ''))?.groups).toEqual(['staff']);

    const mixed = await submit({ ...boxes([...ids, admin]), action: 'remove', back: '//evil' });
    expect(mixed.status).toBe(200);
    expect(mixed.text).toContain('2 users were changed, 1 could not be');
    expect(mixed.text).toContain('href="/admin/users"');
    expect(await users.findById(admin.id)).toBeDefined();
    expect((await submit({ action: 'add_to_group', group: 'nope', back })).status).toBe(404);
    expect((await submit({ action: 'disable', x: 'yes' })).status).toBe(400);
  });
});

describe('groups', () => {
  it('are made, renamed, removed and put back', async () => {
    const made = await manager.submit(
      '/admin/groups/new',
      { name: 'Night shift' },
      { page: '/admin/groups' },
    );
    const address = made.location?.replace(/\?.*/, '') ?? '';
    const etag = /name="etag" value="([^"]*)"/.exec((await manager.get(address)).text)?.[1] ?? '';
    const renamed = { name: 'Day shift', etag: etag.replaceAll('&quot;', '"') };
    const rename = () => manager.submit(`${address}/rename`, renamed, { page: address });
    expect((await rename()).location).toBe(`${address}?done=saved`);
    expect((await rename()).status).toBe(409);
    await manager.submit(`${address}/remove`, {}, { page: address });
    expect(await groups.findByName('day shift')).toBeUndefined();

    const [item] = (await bin.list({ kinds: ['group'], now: app.clock.now(), limit: 1 })).items;
    const restore = `/admin/bin/${item?.id}/restore`;
    expect((await manager.get('/admin/bin')).text).toContain(restore);
    app.clock.advance(FRESH_SECONDS);
    expect((await manager.submit(restore, {}, { page: '/admin/bin' })).status).toBe(403);
    await manager.submit(restore, { confirmPassword: PASSWORD }, { page: '/admin/bin' });
    expect(await groups.findByName('day shift')).toBeDefined();
  });

  it.each([
    [' ', 400, 'A group needs a name.'],
    ['STAFF', 409, 'There is a group of this name.'],
    ['x'.repeat(201), 400, 'at most 200'],
  ])('are not called %j', async (name, status, words) => {
    const page = '/admin/groups';
    const answer = await manager.submit('/admin/groups/new', { name }, { page });
    expect(answer.status).toBe(status);
    expect(answer.text).toContain(words);
  });
});

describe('the bin', () => {
  it('says what is in the way, and is emptied for good', async () => {
    const ada = await someone({ username: 'binned' });
    await manager.submit(`${page(ada)}/remove`, {}, { page: page(ada) });
    await someone({ username: 'usurper', email: 'binned' });
    const shown = (await manager.get('/admin/bin')).text;
    expect(shown).toContain('binned belongs to usurper now');
    const { items } = await bin.list({ kinds: ['user'], now: app.clock.now(), limit: 9 });
    const restore = `/admin/bin/${items.find(({ name }) => name === 'binned')?.id}/restore`;
    expect((await manager.submit(restore, {}, { page: '/admin/bin' })).status).toBe(409);
    await manager.submit('/admin/bin/empty', {}, { page: '/admin/bin' });
    expect((await manager.submit(restore, {}, { page: '/admin/groups' })).status).toBe(404);
  });
});

describe('who only reads', () => {
  it('sees all and changes nothing', async () => {
    const ada = await someone({ username: 'watched' });
    for (const path of ['/admin/users', page(ada), '/admin/groups', '/admin/bin']) {
      const answer = await auditor.get(path);
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.text).not.toMatch(/method="post"[^>]*action="\/admin/);
    }
    for (const path of ['/admin/users/new', `${page(ada)}/edit`])
      expect((await auditor.get(path)).status).toBe(403);
  });
});
