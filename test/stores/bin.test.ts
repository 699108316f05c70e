import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { tokenHash } from '../../src/crypto/digest.ts';
import { BIN_ROW_KINDS, type BinItem, type BinRowKind } from '../../src/domain/bin.ts';
import { BIN_PARTS } from '../../src/stores/bin-parts.ts';
import { anIssuer, aUser, NOW } from '../factories.ts';
import { testStores } from '../support/stores.ts';

const { stores, database } = await testStores();
const { bin, groups, issuers, users } = stores;
const ROOM = {
  match: 'staff-*',
  useRule: '1',
  moderatorRule: undefined,
  features: undefined,
  lobbyBypass: undefined,
};
const WEEK_MS = 7 * 24 * 3600 * 1000;

beforeEach(async () => {
  for (const table of ['bin_items', 'users', 'groups', 'issuers']) await database.knex(table).del();
});

const anItem = (kind: BinRowKind, objectId: string, overrides: Partial<BinItem> = {}) => ({
  id: randomUUID(),
  objectId,
  name: 'ada',
  removedAt: NOW,
  removedById: undefined,
  removedByName: 'cli',
  expiresAt: new Date(NOW.getTime() + WEEK_MS),
  ...overrides,
  kind,
});

async function removed(kind: BinRowKind, id: string): Promise<BinItem> {
  const item = anItem(kind, id);
  await stores.transaction((tx) => tx.bin.put(item));
  return item;
}

/** All rows of a thing, as they stand in their tables. */
async function rowsOf(kind: BinRowKind, id: string) {
  const rows = BIN_PARTS[kind].map(async ({ table, owner }) => {
    const { rows: found } = await database.knex.raw(
      'select to_jsonb(t) as row from ?? t where ?? = ? order by 1',
      [table, owner, id],
    );
    return [table, found];
  });
  return Object.fromEntries(await Promise.all(rows));
}

async function aGroup(name: string) {
  const group = { id: randomUUID(), name };
  await groups.add(group, NOW);
  return group;
}

async function aPersonIn(...groupIds: string[]) {
  const attributes = { department: 'maths', floor: 3, tags: ['a', 'ü'], remote: true };
  const ada = aUser({ id: randomUUID(), groups: [], attributes, role: 'administrator' });
  await users.add(ada, NOW);
  await users.setPasswordHash(ada.id, '$argon2id$x', NOW);
  await groups.setForUser(ada.id, groupIds);
  return ada;
}

describe('put and restore', () => {
  it('gives a person back to the last column, password and groups too', async () => {
    const ada = await aPersonIn((await aGroup('staff')).id, (await aGroup('chairs')).id);
    await database.knex('last_sign_ins').where({ user_id: ada.id }).update({ at: NOW });
    const before = await rowsOf('user', ada.id);
    const item = await removed('user', ada.id);
    expect(await users.findByLoginName('ada@example.org')).toBeUndefined();
    await stores.transaction((tx) => tx.bin.restore(item.id));
    expect(await rowsOf('user', ada.id)).toEqual(before);
    expect((await users.findFacts(ada.id))?.lastSignInAt).toEqual(NOW);
    expect((await users.findByLoginName('ada'))?.passwordHash).toBe('$argon2id$x');
    expect(await bin.find(item.id)).toBeUndefined();
  });

  it('gives an issuer back with its secret, its room policies and its keys', async () => {
    const issuer = anIssuer({ algorithm: 'HS256', rooms: [ROOM] });
    await issuers.add(issuer, 's'.repeat(64), NOW);
    const before = await rowsOf('issuer', issuer.id);
    const item = await removed('issuer', issuer.id);
    expect(await issuers.findBySlug('main')).toBeUndefined();
    await stores.transaction((tx) => tx.bin.restore(item.id));
    expect(await rowsOf('issuer', issuer.id)).toEqual(before);
    expect(await issuers.findBySlug('main')).toEqual(issuer);
  });

  it('gives a group back without the members who are gone', async () => {
    const staff = await aGroup('staff');
    const ada = await aPersonIn(staff.id);
    const eve = aUser({ id: randomUUID(), username: 'eve', email: undefined, groups: [] });
    await users.add(eve, NOW);
    await groups.setForUser(eve.id, [staff.id]);
    const item = await removed('group', staff.id);
    await users.remove(eve.id);
    await stores.transaction((tx) => tx.bin.restore(item.id));
    expect((await users.findById(ada.id))?.groups).toEqual(['staff']);
    expect((await rowsOf('group', staff.id)).group_members).toHaveLength(1);
  });

  it('keeps no sign-in of a person', async () => {
    const ada = await aPersonIn();
    const at = { created_at: NOW, last_seen_at: NOW, idle_expires_at: NOW, expires_at: NOW };
    const session = { id: randomUUID(), token_hash: tokenHash('t'), user_id: ada.id, ...at };
    await database
      .knex('sessions')
      .insert({ ...session, methods: ['pwd'], authenticated_at: NOW, remembered: false });
    const item = await removed('user', ada.id);
    await stores.transaction((tx) => tx.bin.restore(item.id));
    expect(await database.knex('sessions')).toEqual([]);
  });

  it('takes only what is there', async () => {
    await expect(removed('user', randomUUID())).rejects.toThrow('expected to touch 1');
    expect(await database.knex('bin_items')).toEqual([]);
  });

  it.each(BIN_ROW_KINDS)('names tables of %s that cascade from the first', async (kind) => {
    const [{ table: first }, ...parts] = BIN_PARTS[kind];
    for (const { table, owner } of parts) {
      const { rows } = await database.knex.raw(
        `select 1 from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid
           and a.attnum = any (c.conkey)
         where c.conrelid = ?::regclass and c.confrelid = ?::regclass and a.attname = ?
           and c.confdeltype = 'c'`,
        [table, first, owner],
      );
      expect(rows, table).toHaveLength(1);
    }
  });
});

describe('conflicts', () => {
  it('are none while the names are free', async () => {
    const item = await removed('user', (await aPersonIn()).id);
    expect(await bin.conflicts(item.id)).toEqual([]);
  });

  it('tell who has the name now', async () => {
    const item = await removed('user', (await aPersonIn()).id);
    const other = { username: 'countess', email: 'Ada@Example.org', groups: [] };
    await users.add(aUser({ id: randomUUID(), ...other }), NOW);
    expect(await bin.conflicts(item.id)).toEqual([
      { name: 'ada@example.org', takenBy: 'countess' },
    ]);
  });

  it('tell of groups and issuers, too', async () => {
    const group = await removed('group', (await aGroup('staff')).id);
    await aGroup('STAFF');
    expect(await bin.conflicts(group.id)).toEqual([{ name: 'STAFF', takenBy: 'STAFF' }]);

    const issuer = anIssuer();
    await issuers.add(issuer, undefined, NOW);
    const gone = await removed('issuer', issuer.id);
    await issuers.add(anIssuer({ name: 'Another' }), undefined, NOW);
    expect(await bin.conflicts(gone.id)).toEqual([{ name: 'main', takenBy: 'Another' }]);
  });
});

describe('list', () => {
  it('pages from the latest, without other kinds and without what has expired', async () => {
    const put = async (kind: BinRowKind, minutes: number, expiresAt?: Date) => {
      const objectId = (await aGroup(`g${minutes}`)).id;
      const removedAt = new Date(NOW.getTime() + minutes * 60_000);
      const item = anItem('group', objectId, { removedAt, ...(expiresAt ? { expiresAt } : {}) });
      await stores.transaction((tx) => tx.bin.put(item));
      await database.knex('bin_items').where({ id: item.id }).update({ kind });
      return item.id;
    };
    const ids = [await put('group', 1), await put('group', 2), await put('group', 3)].reverse();
    await put('group', 4, NOW);
    await put('issuer', 5);

    const first = await bin.list({ kinds: ['group', 'user'], now: NOW, limit: 2 });
    const rest = await bin.list({ kinds: ['group'], now: NOW, limit: 2, after: first.next });
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(ids);
    expect(rest.next).toBeUndefined();
  });

  it.each(['', 'nonsense', Buffer.from('["x","y"]').toString('base64url')])(
    'refuses the cursor %j',
    async (after) => {
      const listing = bin.list({ kinds: ['user'], now: NOW, limit: 2, after });
      await expect(listing).rejects.toMatchObject({ code: 'input_invalid' });
    },
  );
});

describe('sweep', () => {
  it('forgets what has expired, in batches', async () => {
    for (const name of ['a', 'b', 'c']) await removed('group', (await aGroup(name)).id);
    const later = new Date(NOW.getTime() + WEEK_MS);
    expect(await bin.sweep(NOW, 2)).toBe(0);
    expect(await bin.sweep(later, 2)).toBe(2);
    expect(await bin.sweep(later, 2)).toBe(1);
  });
});
