import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { AuditType } from '../../../src/domain/audit-event.ts';
import { type Permission, permissionsOf, type UserRole } from '../../../src/domain/permissions.ts';
import { type Author, BY_CLI } from '../../../src/operations/actor.ts';
import { emptyBin, removeFromBin, restoreFromBin } from '../../../src/operations/bin.ts';
import { bulkUsers } from '../../../src/operations/people/bulk.ts';
import {
  addMember,
  createGroup,
  removeGroup,
  renameGroup,
} from '../../../src/operations/people/groups.ts';
import { inviteUser } from '../../../src/operations/people/password-links.ts';
import { removeUser } from '../../../src/operations/people/remove-user.ts';
import { updateUser } from '../../../src/operations/people/update-user.ts';
import { signIn } from '../../../src/operations/sign-in.ts';
import { NOW } from '../../factories.ts';
import { addPerson, aSignIn, signInDeps } from '../../support/sign-in.ts';
import { testStores } from '../../support/stores.ts';

const ground = await testStores();
const { stores, database } = ground;
const deps = { ...signInDeps(ground), stores };

beforeEach(async () => {
  for (const table of ['users', 'groups', 'login_counters', 'audit_events', 'bin_items'])
    await database.knex(table).del();
});

const by = (permissions: readonly Permission[], actorId?: string): Author => ({
  actor: { actorName: 'manager', actorId },
  permissions,
});
const manager = by(permissionsOf('user_manager'));
const events = (type: AuditType) => stores.auditEvents.list({ type, limit: 20 });
const person = (username: string, role?: UserRole) => addPerson(ground, { username, role });

describe('updateUser', () => {
  it('changes what it is told, and writes down what was and is', async () => {
    const ada = await person('ada');
    await createGroup(deps, { ...BY_CLI, name: 'Chairs' });
    const changes = {
      username: ' countess ',
      email: 'ada@example.org',
      groups: ['chairs'],
      attributes: { floor: 3, remote: true, tags: ['a', 'b'] },
      language: 'de',
    };
    const after = await updateUser(deps, { ...manager, who: { id: ada.id }, changes });
    expect(after).toMatchObject({ ...changes, username: 'countess', groups: ['Chairs'] });
    expect(await stores.users.findById(ada.id)).toEqual(after);
    expect((await stores.users.findByLoginName('ADA@example.org'))?.user.id).toBe(ada.id);
    const [event] = await events('user.updated');
    expect(event?.details).toMatchObject({
      before: { username: 'ada', groups: [] },
      after: { username: 'countess', email: 'ada@example.org', groups: ['Chairs'] },
    });
    expect(JSON.stringify(event)).not.toContain('displayName');
  });

  it('writes nothing down when nothing changes', async () => {
    const ada = await person('ada');
    await updateUser(deps, { ...manager, who: { id: ada.id }, changes: { username: 'ada' } });
    expect(await events('user.updated')).toEqual([]);
  });

  it('takes away what is set to null', async () => {
    const ada = await addPerson(ground, {
      username: 'ada',
      email: 'a@example.org',
      language: 'de',
    });
    const changes = { email: null, language: null, attributes: {} };
    const after = await updateUser(deps, { ...manager, who: { id: ada.id }, changes });
    expect(after).toMatchObject({ email: undefined, language: undefined });
    expect(await stores.users.findByLoginName('a@example.org')).toBeUndefined();
  });

  it('signs out whom it disables', async () => {
    const ada = await person('ada');
    await signIn(deps, aSignIn());
    await updateUser(deps, { ...manager, who: { id: ada.id }, changes: { disabled: true } });
    expect(await stores.sessions.listOfUser(ada.id, NOW)).toEqual([]);
    expect(await events('user.disabled')).toHaveLength(1);
    await updateUser(deps, { ...manager, who: { id: ada.id }, changes: { disabled: false } });
    expect((await stores.users.findById(ada.id))?.disabledAt).toBeUndefined();
    expect(await events('user.enabled')).toHaveLength(1);
  });

  it('changes nothing that somebody else changed meanwhile', async () => {
    const ada = await person('ada');
    const input = { ...manager, who: { id: ada.id }, changes: { displayName: 'x' } };
    const updating = updateUser(deps, { ...input, expected: () => false });
    await expect(updating).rejects.toMatchObject({ code: 'changed_meanwhile' });
    const asSeen = updateUser(deps, { ...input, expected: ({ username }) => username === 'ada' });
    expect((await asSeen).displayName).toBe('x');
  });

  it.each([
    ['a group that is not there', { groups: ['nope'] }, 'input_invalid'],
    ['an e-mail address that is none', { email: 'x' }, 'input_invalid'],
    ['an attribute of no known type', { attributes: { x: { y: 1 } } as never }, 'input_invalid'],
    ['a field nobody knows', { passwordHash: 'x' } as never, 'input_invalid'],
    ['a name that is taken', { username: 'BOB' }, 'login_name_taken'],
    ['an e-mail address that is a name', { email: 'x@y' }, 'login_name_taken'],
  ])('refuses %s and changes nothing', async (_what, changes, code) => {
    const ada = await person('ada');
    await person('bob');
    await person('x@y');
    const updating = updateUser(deps, { ...BY_CLI, who: { id: ada.id }, changes });
    await expect(updating).rejects.toMatchObject({ code });
    expect(await stores.users.findById(ada.id)).toEqual(ada);
    expect(await events('user.updated')).toEqual([]);
  });

  it.each(['nobody', "' or 1=1", ''])('knows nobody of the id %j', async (id) => {
    const updating = updateUser(deps, { ...BY_CLI, who: { id }, changes: {} });
    await expect(updating).rejects.toMatchObject({ code: 'user_not_found' });
  });

  it('takes links for a new password that went to another address along', async () => {
    const ada = await addPerson(ground, { username: 'ada', email: 'old@example.org' });
    await inviteUser(deps, { ...manager, who: { id: ada.id } });
    const changes = { email: 'new@example.org' };
    await updateUser(deps, { ...manager, who: { id: ada.id }, changes });
    expect(await stores.passwordLinks.findExpiry(ada.id, NOW)).toBeUndefined();
  });
});

describe('removeUser', () => {
  it('frees the names, ends the sign-ins, and can be undone', async () => {
    const ada = await addPerson(ground, { username: 'ada', email: 'ada@example.org' });
    await signIn(deps, aSignIn());
    const item = await removeUser(deps, { ...manager, who: { name: 'ADA' } });
    expect(await stores.sessions.listOfUser(ada.id, NOW)).toEqual([]);
    await expect(signIn(deps, aSignIn())).rejects.toMatchObject({ code: 'login_failed' });
    expect(await events('user.removed')).toMatchObject([
      { targetId: ada.id, targetName: 'ada', details: { before: { email: 'ada@example.org' } } },
    ]);
    expect(JSON.stringify(await stores.auditEvents.list({ limit: 9 }))).not.toContain('argon2');

    await restoreFromBin(deps, { ...manager, id: item.id });
    expect((await signIn(deps, aSignIn())).user).toEqual(ada);
    expect(await events('user.restored')).toMatchObject([{ targetId: ada.id }]);
  });

  it('says whose name stands in the way of undoing it', async () => {
    const ada = await addPerson(ground, { username: 'ada', email: 'ada@example.org' });
    const item = await removeUser(deps, { ...manager, who: { id: ada.id } });
    await addPerson(ground, { username: 'countess', email: 'Ada@example.org' });
    await expect(restoreFromBin(deps, { ...manager, id: item.id })).rejects.toMatchObject({
      code: 'restore_conflict',
      details: { name: 'ada', taken: 'ada@example.org', takenBy: 'countess' },
    });
    expect(await stores.bin.find(item.id)).toBeDefined();
  });
});

describe('the bin', () => {
  it('gives nothing back twice, after its time, or to who may not', async () => {
    const item = await removeUser(deps, { ...manager, who: { id: (await person('ada')).id } });
    const late = { ...deps, clock: { now: () => item.expiresAt } };
    const restore = (author: Author, using = deps) =>
      restoreFromBin(using, { ...author, id: item.id });
    const missing = { code: 'bin_item_not_found' };
    await expect(restore(manager, late as typeof deps)).rejects.toMatchObject(missing);
    await expect(restore(by(['issuers:write']))).rejects.toMatchObject(missing);
    await expect(restore(by(['users:read']))).rejects.toMatchObject({
      code: 'permission_required',
    });
    const both = await Promise.allSettled([restore(manager), restore(manager)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expect(restore(manager)).rejects.toMatchObject(missing);
    await expect(restoreFromBin(deps, { ...manager, id: "' or 1=1" })).rejects.toMatchObject(
      missing,
    );
  });

  it('is emptied by one and by all', async () => {
    const items = [];
    for (const name of ['a', 'b', 'c'])
      items.push(await removeUser(deps, { ...manager, who: { id: (await person(name)).id } }));
    await removeFromBin(deps, { ...manager, id: items[0]?.id ?? '' });
    expect(await emptyBin(deps, manager)).toBe(2);
    expect(await database.knex('bin_items')).toEqual([]);
    expect(await events('bin.emptied')).toHaveLength(2);
  });
});

describe('groups', () => {
  it('are made, renamed and removed with who is in them, and come back', async () => {
    const ada = await person('ada');
    const staff = await createGroup(deps, { ...manager, name: ' Staff ' });
    expect(await addMember(deps, { ...manager, which: staff, who: ada })).toBe(true);
    expect(await addMember(deps, { ...manager, which: staff, who: ada })).toBe(false);
    await renameGroup(deps, { ...manager, which: { name: 'staff' }, name: 'Crew' });
    expect((await stores.users.findById(ada.id))?.groups).toEqual(['Crew']);
    const item = await removeGroup(deps, { ...manager, which: { name: 'CREW' } });
    expect((await stores.users.findById(ada.id))?.groups).toEqual([]);
    await restoreFromBin(deps, { ...manager, id: item.id });
    expect((await stores.users.findById(ada.id))?.groups).toEqual(['Crew']);

    const told = (await stores.auditEvents.list({ limit: 20 })).map(({ type, details }) => [
      type,
      details,
    ]);
    expect(told.reverse()).toEqual([
      ['group.created', { after: { name: 'Staff' } }],
      ['user.updated', { before: { groups: [] }, after: { groups: ['Staff'] } }],
      ['group.updated', { before: { name: 'Staff' }, after: { name: 'Crew' } }],
      ['group.removed', { before: { name: 'Crew', members: 1 } }],
      ['group.restored', undefined],
    ]);
  });

  it('refuse what is wrong', async () => {
    await createGroup(deps, { ...manager, name: 'staff' });
    const create = (name: string) => createGroup(deps, { ...manager, name });
    await expect(create('STAFF')).rejects.toMatchObject({ code: 'group_name_taken' });
    await expect(create(' ')).rejects.toMatchObject({ code: 'input_invalid' });
    for (const name of ['a\u202Eb', 'sta\u00ADff', 'staff\u200Bx', 'sta\u2060ff'])
      await expect(create(name)).rejects.toMatchObject({ code: 'input_invalid' });
    for (const which of [{ name: 'nope' }, { id: 'nope' }, { id: randomUUID() }])
      await expect(removeGroup(deps, { ...manager, which })).rejects.toMatchObject({
        code: 'group_not_found',
      });
    const which = { name: 'staff' };
    const expected = () => false;
    for (const act of [
      () => removeGroup(deps, { ...manager, which, expected }),
      () => renameGroup(deps, { ...manager, which, expected, name: 'x' }),
    ])
      await expect(act()).rejects.toMatchObject({ code: 'changed_meanwhile' });
  });
});

describe('bulkUsers', () => {
  it('does to each what it can, and says of each what it could not', async () => {
    await person('root', 'administrator');
    const ids = [await person('a'), await person('b', 'auditor'), await person('c')].map(
      ({ id }) => id,
    );
    const unknown = randomUUID();
    const run = (action: Parameters<typeof bulkUsers>[1]['action']) =>
      bulkUsers(deps, { ...manager, ids: [...ids, ...ids, unknown], action });
    const expected = [
      { id: ids[0], refused: undefined },
      { id: ids[1], refused: 'rights_too_high' },
      { id: ids[2], refused: undefined },
      { id: unknown, refused: 'user_not_found' },
    ];
    await createGroup(deps, { ...manager, name: 'staff' });
    const group = { name: 'staff' };
    expect(await run({ kind: 'add_to_group', group })).toEqual(expected);
    expect((await stores.groups.findByName('staff'))?.members.count).toBe(2);
    expect(await run({ kind: 'remove_from_group', group })).toEqual(expected);
    expect(await run({ kind: 'disable' })).toEqual(expected);
    expect(await run({ kind: 'enable' })).toEqual(expected);
    expect((await stores.users.search({ status: 'disabled', limit: 9 })).items).toEqual([]);
    expect(await run({ kind: 'remove' })).toEqual(expected);
    expect((await stores.users.search({ limit: 9 })).total.count).toBe(2);
  });
});
