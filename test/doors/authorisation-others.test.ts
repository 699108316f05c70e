/**
 * What depends on whom it is done to: who looks after people becomes no more than they are by it,
 * neither by their own account nor by another's.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { PERMISSIONS, type UserRole } from '../../src/domain/permissions.ts';
import { testApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
const visitors = new Map<UserRole, Visitor>();
const own = new Map<UserRole, string>();

beforeAll(async () => {
  await app.addIssuer();
  await app.addUser({ username: 'other-root', role: 'administrator' });
  for (const role of ['administrator', 'user_manager'] as const) {
    const user = await app.addUser({ username: role, role });
    await app.givePassword(user);
    const visitor = app.visitor();
    await visitor.signIn(role, PASSWORD);
    visitors.set(role, visitor);
    own.set(role, user.id);
  }
});

const FORMS: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['edit', { username: 'taken-over', displayName: 'x', email: '' }],
  ['disable', {}],
  ['remove', {}],
  ['sign-out', {}],
  ['invite', {}],
  ['role', { role: 'administrator' }],
];
const send = (role: UserRole, id: string, form: (typeof FORMS)[number]) =>
  visitors.get(role)!.submit(`/admin/users/${id}/${form[0]}`, form[1], { page: '/account' });

describe('a user manager', () => {
  const high = FORMS.flatMap((form) =>
    (['administrator', 'auditor'] as const).map((role) => [form[0], role, form] as const),
  );
  it.each(high)('may not %s an %s', async (_what, role, form) => {
    const target = await app.addUser({ role });
    const answer = await send('user_manager', target.id, form);
    expect(answer.status).toBe(403);
    expect(await app.stores.users.findById(target.id)).toEqual(target);
  });

  it('may do to others of no higher rights all but give them a role', async () => {
    for (const role of ['user_manager', undefined] as const)
      for (const form of FORMS) {
        const target = await app.addUser({ role });
        const { status } = await send('user_manager', target.id, form);
        if (form[0] === 'role') expect(status).toBe(403);
        else expect(status, form[0]).not.toBe(403);
      }
  });

  it('may not raise their own rights', async () => {
    const id = own.get('user_manager') ?? '';
    expect((await send('user_manager', id, ['role', { role: 'administrator' }])).status).toBe(403);
    const fields = { username: 'user_manager', displayName: 'x', role: 'administrator' };
    const path = `/admin/users/${id}/edit`;
    const answer = await visitors.get('user_manager')!.submit(path, fields, { page: '/account' });
    expect(answer.status).toBe(400);
    expect((await app.stores.users.findById(id))?.role).toBe('user_manager');
  });

  it('may not do to many at once what they may not do to one', async () => {
    const root = await app.addUser({ role: 'administrator' });
    const fields = { action: 'disable', [`user.${root.id}`]: 'yes' };
    await visitors.get('user_manager')!.submit('/admin/users/bulk', fields, { page: '/account' });
    expect((await app.stores.users.findById(root.id))?.disabledAt).toBeUndefined();
  });
});

describe('the API key of a user manager', () => {
  const calls: readonly (readonly [string, string, unknown])[] = [
    ['PATCH', '', { displayName: 'x' }],
    ['PUT', '', { displayName: 'x' }],
    ['DELETE', '', undefined],
    ['POST', '/password-link', {}],
    ['DELETE', '/sessions', undefined],
    ['PATCH', '', { role: 'administrator' }],
  ];
  const keyOf = async (role: UserRole) => {
    const maker = await app.addUser({ role });
    return app.apiKey(PERMISSIONS, maker);
  };

  it.each(calls)('may not %s …%s an administrator', async (method, rest, body) => {
    const target = await app.addUser({ role: 'administrator' });
    const path = `/api/v1/users/${target.username}${rest}`;
    const answer = await app.api(method, path, { key: await keyOf('user_manager'), body });
    expect(answer.status).toBe(403);
    expect(await app.stores.users.findById(target.id)).toEqual(target);
  });

  it('does to many at once what it may do to one', async () => {
    const high = await app.addUser({ role: 'administrator' });
    const plain = await app.addUser();
    const body = { action: 'disable', ids: [high.id, plain.id] };
    const key = await keyOf('user_manager');
    const answer = await app.api('POST', '/api/v1/users/bulk', { key, body });
    expect(answer.json.results).toEqual([
      { id: high.id, refused: 'rights_too_high' },
      { id: plain.id, refused: null },
    ]);
    expect((await app.stores.users.findById(high.id))?.disabledAt).toBeUndefined();
  });

  it('gives nobody a role, its maker neither', async () => {
    const maker = await app.addUser({ role: 'user_manager' });
    const key = await app.apiKey(PERMISSIONS, maker);
    for (const body of [{ role: 'administrator' }, { role: 'auditor' }, { role: null }]) {
      const answer = await app.api('PATCH', `/api/v1/users/${maker.username}`, { key, body });
      expect([answer.status, answer.json.error.code]).toEqual([403, 'permission_required']);
    }
    const body = { username: 'new-root', role: 'administrator' };
    expect((await app.api('POST', '/api/v1/users', { key, body })).status).toBe(403);
    expect((await app.stores.users.findById(maker.id))?.role).toBe('user_manager');
  });

  it('puts back nobody of higher rights, and no issuer', async () => {
    const root = visitors.get('administrator')!;
    const high = await app.addUser({ role: 'administrator' });
    await root.submit(`/admin/users/${high.id}/remove`, {}, { page: '/account' });
    const kinds = ['user'] as const;
    const now = app.clock.now();
    const page = await app.stores.bin.list({ kinds, now, after: undefined, limit: 100 });
    const item = page.items.find(({ objectId }) => objectId === high.id);
    const manager = visitors.get('user_manager')!;
    for (const what of ['restore', 'remove']) {
      const path = `/admin/bin/${item?.id}/${what}`;
      expect((await manager.submit(path, {}, { page: '/account' })).status).toBe(403);
    }
    expect(await app.stores.users.findById(high.id)).toBeUndefined();
  });
});
