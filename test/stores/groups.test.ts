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

async function add(name: string) {
  const group = { id: randomUUID(), name };
  await groups.add(group, NOW);
  return group;
}

describe('search', () => {
  it('pages by name, in whatever case, and counts', async () => {
    for (const name of ['b', 'A', 'c']) await add(name);
    const first = await groups.search({ limit: 2 });
    const rest = await groups.search({ limit: 2, after: first.next });
    expect([...first.items, ...rest.items].map(({ name }) => name)).toEqual(['A', 'b', 'c']);
    expect(first.total).toEqual({ count: 3, more: false });
    expect(rest.next).toBeUndefined();
  });

  it('pages from the newest, those of one moment too', async () => {
    for (const [nth, name] of ['first', 'second', 'third', 'also third'].entries())
      await groups.add({ id: randomUUID(), name }, new Date(NOW.getTime() + Math.min(nth, 2)));
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await groups.search({ sort: 'created', limit: 1, after });
      seen.push(...page.items.map(({ name }) => name));
      if ((after = page.next) === undefined) break;
    }
    expect(seen.slice(0, 2).sort()).toEqual(['also third', 'third']);
    expect(seen.slice(2)).toEqual(['second', 'first']);
    const cursor = (await groups.search({ sort: 'created', limit: 1 })).next;
    await expect(groups.search({ limit: 1, after: cursor })).resolves.toBeDefined();
    const byName = (await groups.search({ limit: 1 })).next;
    await expect(groups.search({ sort: 'created', limit: 1, after: byName })).rejects.toMatchObject(
      {
        code: 'input_invalid',
      },
    );
  });

  it('finds by the beginnings of words', async () => {
    await add('Night shift');
    const porters = await add('Pörter');
    expect((await groups.search({ q: 'shi nig', limit: 9 })).total.count).toBe(1);
    expect((await groups.search({ q: 'hift', limit: 9 })).items).toEqual([]);
    await groups.rename({ ...porters, name: 'Day shift' });
    expect((await groups.search({ q: 'shift', limit: 9 })).total.count).toBe(2);
    expect((await groups.search({ q: 'pörter', limit: 9 })).total.count).toBe(0);
  });
});

describe('members', () => {
  it('come and go one by one, and are counted', async () => {
    const staff = await add('staff');
    const ada = aUser({ id: randomUUID(), groups: [] });
    await users.add(ada, NOW);
    expect(await groups.addMember(staff.id, ada.id)).toBe(true);
    expect(await groups.addMember(staff.id, ada.id)).toBe(false);
    const found = await groups.findByName('STAFF');
    expect(found).toMatchObject({ ...staff, createdAt: NOW, members: { count: 1, more: false } });
    expect(await groups.removeMember(staff.id, ada.id)).toBe(true);
    expect(await groups.removeMember(staff.id, ada.id)).toBe(false);
    expect((await groups.findById(staff.id))?.members.count).toBe(0);
  });
});

describe('rename', () => {
  it('refuses a name that another has, and takes its own in another case', async () => {
    const staff = await add('staff');
    await add('chairs');
    const renaming = groups.rename({ ...staff, name: 'Chairs' });
    await expect(renaming).rejects.toMatchObject({ code: 'group_name_taken' });
    await groups.rename({ ...staff, name: 'Staff' });
    expect((await groups.findById(staff.id))?.name).toBe('Staff');
  });
});
