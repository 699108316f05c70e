import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildSession, DEFAULT_SESSION_LIFETIMES } from '../../src/domain/session.ts';
import type { User } from '../../src/domain/user.ts';
import { USER_SORTS, type UserQuery } from '../../src/stores/user-search.ts';
import { aUser, NOW } from '../factories.ts';
import { testStores } from '../support/stores.ts';

const { stores, database } = await testStores();
const { users, groups, sessions } = stores;

beforeEach(async () => {
  await database.knex('users').del();
  await database.knex('groups').del();
});

async function add(username: string, overrides: Partial<User> = {}): Promise<User> {
  const person = aUser({
    id: randomUUID(),
    username,
    displayName: `Person ${username}`,
    email: undefined,
    groups: [],
    ...overrides,
  });
  await users.add(person, NOW);
  return person;
}

async function signIn({ id }: User, at: Date) {
  const facts = { id: randomUUID(), userId: id, methods: ['pwd'], remembered: false } as const;
  const session = buildSession(
    { ...facts, ip: undefined, userAgent: undefined },
    at,
    DEFAULT_SESSION_LIFETIMES,
  );
  await sessions.add(session, Buffer.from(randomUUID()));
}

const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
const names = async (query: Partial<UserQuery>) =>
  (await users.search({ limit: 50, ...query })).items.map(({ user }) => user.username);

describe('words', () => {
  beforeEach(async () => {
    await add('ada', { displayName: 'Ada Lovelace', email: 'countess@example.org' });
    await add('bob', { displayName: 'BJÖRN Çelik', attributes: { desk: 'Zürich 4', n: 77 } });
    await add('eve', { attributes: { tags: ['night shift', 'porter'] } });
  });

  it.each<[string, string[]]>([
    ['ada', ['ada']],
    ['LOVE ad', ['ada']],
    ['count', ['ada']],
    ['björn', ['bob']],
    ['çel zür', ['bob']],
    ['port', ['eve']],
    ['ort', []],
    ['ada bob', []],
    ["'); drop table users; --", []],
    ['', ['ada', 'bob', 'eve']],
  ])('%j finds %j', async (q, found) => {
    expect(await names({ q })).toEqual(found);
  });

  it('follow what is changed', async () => {
    const user = (await users.findByLoginName('ada'))?.user ?? aUser();
    const profile = { displayName: 'Augusta', language: undefined, avatarUrl: undefined };
    await users.updateProfile(user.id, profile, NOW);
    expect(await names({ q: 'lovelace' })).toEqual([]);
    expect(await names({ q: 'augusta countess' })).toEqual(['ada']);
    await users.update({ ...user, username: 'king' }, NOW);
    expect(await names({ q: 'king lovelace' })).toEqual(['king']);
  });
});

describe('filters', () => {
  beforeEach(async () => {
    const staff = { id: randomUUID(), name: 'Staff' };
    await groups.add(staff, NOW);
    const ada = await add('ada', { role: 'auditor' });
    const bob = await add('bob', { source: 'ldap', disabledAt: undefined });
    await users.setDisabledAt(bob.id, NOW, NOW);
    await add('eve');
    await groups.setForUser(ada.id, [staff.id]);
    await groups.setForUser(bob.id, [staff.id]);
    await signIn(ada, NOW);
  });

  it.each<[Partial<UserQuery>, string[]]>([
    [{ group: 'staff' }, ['ada', 'bob']],
    [{ group: 'nobody' }, []],
    [{ status: 'enabled' }, ['ada', 'eve']],
    [{ status: 'disabled' }, ['bob']],
    [{ status: 'never_signed_in' }, ['bob', 'eve']],
    [{ role: 'auditor' }, ['ada']],
    [{ role: 'none' }, ['bob', 'eve']],
    [{ source: 'ldap' }, ['bob']],
    [{ group: 'staff', q: 'person', status: 'enabled' }, ['ada']],
  ])('%j gives %j', async (query, found) => {
    expect(await names(query)).toEqual(found);
    const { total } = await users.search({ limit: 1, ...query });
    expect(total).toEqual({ count: found.length, more: false });
  });

  it('tell when somebody last signed in, and whether they could', async () => {
    const [ada] = (await users.search({ limit: 1, q: 'ada' })).items;
    expect(ada?.facts).toMatchObject({ lastSignInAt: NOW, hasPassword: false });
    const [eve] = (await users.search({ limit: 1, q: 'eve' })).items;
    expect(eve?.facts.lastSignInAt).toBeUndefined();
  });
});

describe('order and pages', () => {
  beforeEach(async () => {
    const minutes = { B: 1, a: 2, c: 2, D: 0 };
    for (const [name, minute] of Object.entries(minutes)) {
      const person = await add(name, { displayName: `x${minute}`, createdAt: later(minute) });
      if (minute > 0) await signIn(person, later(minute));
    }
  });

  it.each(USER_SORTS)('%s gives each person once, in both directions', async (sort) => {
    for (const q of [undefined, 'x1 '.slice(0, 1)]) {
      const walk = async (order: 'ascending' | 'descending') => {
        const seen: string[] = [];
        let after: string | undefined;
        do {
          const page = await users.search({ sort, order, limit: 1, after, q });
          seen.push(...page.items.map(({ user }) => user.username));
          after = page.next;
        } while (after !== undefined);
        return seen;
      };
      const up = await walk('ascending');
      expect([...up].sort()).toEqual(['B', 'D', 'a', 'c']);
      expect(await walk('descending')).toEqual(up.reverse());
    }
  });

  it('is by username in whatever case, unless asked otherwise', async () => {
    expect(await names({})).toEqual(['a', 'B', 'c', 'D']);
    expect((await names({ sort: 'created', order: 'descending' })).slice(2)).toEqual(['B', 'D']);
    expect((await names({ sort: 'last_sign_in' })).slice(0, 2)).toEqual(['D', 'B']);
  });

  it.each([
    ['username', ['x']],
    ['created', ['now()', randomUUID()]],
    ['created', ['-infinity', randomUUID()]],
    ['last_sign_in', ['x', 'y']],
  ] as const)('refuses a cursor of %s that is %j', async (sort, key) => {
    const after = Buffer.from(JSON.stringify(key)).toString('base64url');
    const searching = users.search({ sort, after, limit: 1 });
    await expect(searching).rejects.toMatchObject({ code: 'input_invalid' });
  });
});

describe('many', () => {
  it('are counted up to a limit, and still found, sorted and paged', async () => {
    await database.knex.raw(
      `insert into users (id, username, display_name, created_at, updated_at, search)
       select gen_random_uuid(), 'crowd-' || lpad(n::text, 5, '0'), 'C', now(), now(),
         to_tsvector('simple', 'crowd ' || n || case when n > 10100 then ' late' else '' end)
       from generate_series(1, 10110) n`,
    );
    const crowd = await users.search({ q: 'crowd', limit: 2 });
    expect(crowd.total).toEqual({ count: 10_000, more: true });
    const rest = await users.search({ q: 'crowd', limit: 1, after: crowd.next });
    expect(rest.items[0]?.user.username).toBe('crowd-00003');
    expect((await users.search({ q: 'late', limit: 50 })).total.count).toBe(10);
  });
});
