import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { aUser, NOW } from '../factories.ts';
import { testStores } from '../support/stores.ts';

const { stores, database } = await testStores();
const { users, groups } = stores;

beforeEach(async () => {
  await database.knex('users').del();
  await database.knex('groups').del();
});

const person = (overrides: Parameters<typeof aUser>[0] = {}) =>
  aUser({ id: randomUUID(), groups: [], ...overrides });

describe('add', () => {
  it('gives back what it was given', async () => {
    const ada = person({ attributes: { department: 'maths', floor: 3, tags: ['a', 'b'] } });
    await users.add(ada, NOW);
    expect(await users.findById(ada.id)).toEqual(ada);
  });

  it.each([
    ['the same username', { username: 'ADA', email: 'other@example.org' }],
    ['an e-mail that is another’s username', { username: 'eve', email: 'ada' }],
    ['a username that is another’s e-mail', { username: 'Ada@Example.org', email: undefined }],
    ['a full-width form of the name', { username: 'ａｄａ', email: undefined }],
  ])('refuses %s', async (_what, taken) => {
    await users.add(person(), NOW);
    await expect(users.add(person(taken), NOW)).rejects.toMatchObject({ code: 'login_name_taken' });
  });

  it('takes a person whose e-mail is the username', async () => {
    const ada = person({ username: 'ada@example.org' });
    await users.add(ada, NOW);
    expect((await users.findByLoginName('ADA@example.org'))?.user.id).toBe(ada.id);
  });
});

describe('findByLoginName', () => {
  it.each(['ada', ' Ada ', 'ADA@EXAMPLE.ORG', 'ａｄａ'])('finds by %j', async (typed) => {
    const ada = person();
    await users.add(ada, NOW);
    expect((await users.findByLoginName(typed))?.user.id).toBe(ada.id);
  });

  it('finds nobody by a name nobody has', async () => {
    expect(await users.findByLoginName("' or 1=1 --")).toBeUndefined();
  });

  it('gives the password hash, and only here', async () => {
    const ada = person();
    await users.add(ada, NOW);
    await users.setPasswordHash(ada.id, '$argon2id$x', NOW);
    expect((await users.findByLoginName('ada'))?.passwordHash).toBe('$argon2id$x');
    expect(JSON.stringify(await users.findById(ada.id))).not.toContain('argon2id');
  });
});

describe('update', () => {
  it('frees the old login names', async () => {
    const ada = person();
    await users.add(ada, NOW);
    await users.update({ ...ada, username: 'countess', email: undefined }, NOW);
    expect(await users.findByLoginName('ada@example.org')).toBeUndefined();
    expect((await users.findByLoginName('countess'))?.user.id).toBe(ada.id);
  });
});

describe('list', () => {
  it('pages by username, each person once', async () => {
    for (const username of ['b', 'A', 'c', 'D'])
      await users.add(person({ username, email: undefined }), NOW);
    const first = await users.list({ limit: 3 });
    const rest = await users.list({ limit: 3, after: first.at(-1)?.username });
    expect([...first, ...rest].map(({ username }) => username)).toEqual(['A', 'b', 'c', 'D']);
  });
});

describe('groups', () => {
  it('puts a person into exactly the groups named', async () => {
    const ada = person();
    await users.add(ada, NOW);
    const [staff, chairs] = ['staff', 'chairs'].map((name) => ({ id: randomUUID(), name }));
    if (!staff || !chairs) throw new Error('two groups');
    await groups.add(staff, NOW);
    await groups.add(chairs, NOW);

    await groups.setForUser(ada.id, [staff.id]);
    await groups.setForUser(ada.id, [staff.id, chairs.id]);
    expect((await users.findById(ada.id))?.groups).toEqual(['chairs', 'staff']);
    await groups.setForUser(ada.id, [chairs.id]);
    expect((await users.findById(ada.id))?.groups).toEqual(['chairs']);
    await groups.remove(chairs.id);
    expect((await users.findById(ada.id))?.groups).toEqual([]);
  });

  it('refuses a name that differs by case alone', async () => {
    await groups.add({ id: randomUUID(), name: 'staff' }, NOW);
    await expect(groups.add({ id: randomUUID(), name: 'Staff' }, NOW)).rejects.toMatchObject({
      code: 'group_name_taken',
    });
  });
});

describe('countAdministrators', () => {
  it('counts those who are not disabled', async () => {
    const root = person({ username: 'root', email: undefined, role: 'administrator' });
    await users.add(root, NOW);
    expect(await users.countAdministrators()).toBe(1);
    await users.setDisabledAt(root.id, NOW, NOW);
    expect(await users.countAdministrators()).toBe(0);
  });
});
