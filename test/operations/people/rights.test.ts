import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Permission, permissionsOf, type UserRole } from '../../../src/domain/permissions.ts';
import { type Author, BY_CLI } from '../../../src/operations/actor.ts';
import { emptyBin, removeFromBin, restoreFromBin } from '../../../src/operations/bin.ts';
import { createUser } from '../../../src/operations/create-user.ts';
import { disableUser, enableUser } from '../../../src/operations/disable-user.ts';
import { bulkUsers } from '../../../src/operations/people/bulk.ts';
import { addMember, createGroup, removeMember } from '../../../src/operations/people/groups.ts';
import { inviteUser, usePasswordLink } from '../../../src/operations/people/password-links.ts';
import { removeUser } from '../../../src/operations/people/remove-user.ts';
import { updateUser } from '../../../src/operations/people/update-user.ts';
import { setPassword } from '../../../src/operations/set-password.ts';
import { addPerson, signInDeps } from '../../support/sign-in.ts';
import { testStores } from '../../support/stores.ts';

const ground = await testStores();
const { stores, database } = ground;
const deps = { ...signInDeps(ground), stores };
const NOBODY = { ip: undefined, requestId: undefined };
const NEXT = 'Seven herons over the old mill';

beforeEach(async () => {
  for (const table of ['users', 'groups', 'login_counters', 'audit_events', 'bin_items'])
    await database.knex(table).del();
});

const by = (permissions: readonly Permission[], actorId?: string): Author => ({
  actor: { actorName: 'manager', actorId },
  permissions,
});
const manager = by(permissionsOf('user_manager'));
const person = (username: string, role?: UserRole) => addPerson(ground, { username, role });

describe('rights', () => {
  const roles: UserRole[] = ['administrator', 'auditor', 'user_manager'];

  /** All that can be done to somebody. */
  const deeds = {
    update: (id: string, author: Author) =>
      updateUser(deps, { ...author, who: { id }, changes: { displayName: 'Eve' } }),
    email: (id: string, author: Author) =>
      updateUser(deps, { ...author, who: { id }, changes: { email: 'eve@example.org' } }),
    disable: (id: string, author: Author) => disableUser(deps, { ...author, who: { id } }),
    enable: (id: string, author: Author) => enableUser(deps, { ...author, who: { id } }),
    remove: (id: string, author: Author) => removeUser(deps, { ...author, who: { id } }),
    password: (id: string, author: Author) =>
      setPassword(deps, { ...author, who: { id }, password: NEXT }),
    invite: (id: string, author: Author) => inviteUser(deps, { ...author, who: { id } }),
    join: (id: string, author: Author) =>
      addMember(deps, { ...author, who: { id }, which: { name: 'staff' } }),
    leave: (id: string, author: Author) =>
      removeMember(deps, { ...author, who: { id }, which: { name: 'staff' } }),
  };

  it.each(Object.keys(deeds).flatMap((deed) => roles.map((role) => [deed, role] as const)))(
    'to %s %s end where one’s own do',
    async (deed, role) => {
      await person('root', 'administrator');
      await createGroup(deps, { ...BY_CLI, name: 'staff' });
      const target = await person('target', role);
      const before = JSON.stringify(await database.knex('users').where({ id: target.id }));
      const doing = deeds[deed as keyof typeof deeds](target.id, manager);
      if (role === 'user_manager') {
        await doing;
        return;
      }
      await expect(doing).rejects.toMatchObject({ code: 'rights_too_high' });
      expect(JSON.stringify(await database.knex('users').where({ id: target.id }))).toBe(before);
      await deeds[deed as keyof typeof deeds](target.id, BY_CLI);
    },
  );

  it.each<[string, readonly Permission[], UserRole | undefined, UserRole | null, string]>([
    ['make', permissionsOf('user_manager'), undefined, 'user_manager', 'permission_required'],
    ['make', permissionsOf('user_manager'), undefined, 'administrator', 'permission_required'],
    ['unmake', permissionsOf('user_manager'), 'user_manager', null, 'permission_required'],
    ['make', ['users:write', 'roles:write'], undefined, 'administrator', 'rights_too_high'],
    ['make', ['users:write', 'roles:write'], undefined, 'auditor', 'rights_too_high'],
    ['unmake', ['users:write', 'roles:write'], 'auditor', null, 'rights_too_high'],
  ])('do not let anybody %s with %j from %s: %s', async (_what, rights, role, wanted, code) => {
    await person('root', 'administrator');
    const { id } = await person('self', role);
    const updating = updateUser(deps, {
      ...by(rights, id),
      who: { id },
      changes: { role: wanted },
    });
    await expect(updating).rejects.toMatchObject({ code });
    const user = { username: 'new', role: wanted ?? undefined };
    if (wanted !== null)
      await expect(
        createUser(deps, { ...by(rights, id), user, password: undefined }),
      ).rejects.toMatchObject({ code });
    expect((await stores.users.findById(id))?.role).toBe(role);
  });

  it('let administrators give and take roles', async () => {
    await person('root', 'administrator');
    const { id } = await person('ada');
    for (const role of [...roles, null])
      expect(
        (await updateUser(deps, { ...BY_CLI, who: { id }, changes: { role } })).role ?? null,
      ).toBe(role);
  });

  it('are not for who kept a link from before they were given', async () => {
    await person('root', 'administrator');
    const { id } = await person('ada');
    const { token } = await inviteUser(deps, { ...manager, who: { id } });
    await updateUser(deps, { ...BY_CLI, who: { id }, changes: { role: 'administrator' } });
    await expect(
      usePasswordLink(deps, { token, password: NEXT, actor: NOBODY }),
    ).rejects.toMatchObject({ code: 'password_link_invalid' });
  });

  describe('that are more than before', () => {
    const rise = (id: string, role: UserRole | null) =>
      updateUser(deps, { ...BY_CLI, who: { id }, changes: { role } });
    const hashOf = async (id: string) => stores.users.findPasswordHash(id);

    it.each([
      [undefined, 'auditor', 'dropped'],
      [undefined, 'user_manager', 'dropped'],
      ['user_manager', 'administrator', 'dropped'],
      ['user_manager', 'auditor', 'dropped'],
      ['administrator', 'auditor', 'kept'],
      ['auditor', null, 'kept'],
    ] as const)('from %s to %s leave the password %s', async (from, to, what) => {
      await person('root', 'administrator');
      const { id } = await person('ada', from);
      await stores.users.setPasswordHash(id, '$argon2id$known', deps.clock.now());
      await rise(id, to);
      expect(await hashOf(id)).toBe(what === 'kept' ? '$argon2id$known' : undefined);
      const [event] = await stores.auditEvents.list({ type: 'user.password_changed', limit: 1 });
      if (what === 'dropped')
        expect(event).toMatchObject({ targetId: id, details: { because: 'role' } });
    });

    it('end the sign-ins of a person of an upstream, who has no password here', async () => {
      await person('root', 'administrator');
      const { id } = await person('ada');
      await database.knex('users').where({ id }).update({ source: 'company' });
      await rise(id, 'auditor');
      expect((await stores.users.findById(id))?.role).toBe('auditor');
    });
  });

  it('do not come back from the bin by somebody who has fewer', async () => {
    await person('root', 'administrator');
    const { id } = await person('second', 'administrator');
    const item = await removeUser(deps, { ...BY_CLI, who: { id } });
    for (const act of [restoreFromBin, removeFromBin])
      await expect(act(deps, { ...manager, id: item.id })).rejects.toMatchObject({
        code: 'rights_too_high',
      });
    expect(await emptyBin(deps, manager)).toBe(0);
    await restoreFromBin(deps, { ...BY_CLI, id: item.id });
    expect((await stores.users.findById(id))?.role).toBe('administrator');
  });
});

describe('the last administrator', () => {
  const { id: nobody } = { id: randomUUID() };
  it.each<[string, (id: string) => Promise<unknown>]>([
    ['disabled', (id) => disableUser(deps, { ...BY_CLI, who: { id } })],
    ['removed', (id) => removeUser(deps, { ...BY_CLI, who: { id } })],
    [
      'made less',
      (id) => updateUser(deps, { ...BY_CLI, who: { id }, changes: { role: 'auditor' } }),
    ],
    [
      'disabled by a change',
      (id) => updateUser(deps, { ...BY_CLI, who: { id }, changes: { disabled: true } }),
    ],
  ])('is not %s', async (_what, act) => {
    const root = await person('root', 'administrator');
    await expect(act(root.id)).rejects.toMatchObject({ code: 'last_administrator' });
    expect(await stores.users.findById(root.id)).toEqual(root);
    await person('second', 'administrator');
    await act(root.id);
    expect(await stores.users.countAdministrators()).toBe(1);
  });

  it('stays when two remove each other, and when all are removed at once', async () => {
    const ids = [await person('a', 'administrator'), await person('b', 'administrator')].map(
      ({ id }) => id,
    );
    await Promise.allSettled(ids.map((id) => removeUser(deps, { ...BY_CLI, who: { id } })));
    expect(await stores.users.countAdministrators()).toBe(1);
    const all = [...ids, (await person('c', 'administrator')).id, nobody];
    const results = await bulkUsers(deps, { ...BY_CLI, ids: all, action: { kind: 'remove' } });
    expect(results.map(({ refused }) => refused)).toContain('last_administrator');
    expect(await stores.users.countAdministrators()).toBe(1);
  });
});
