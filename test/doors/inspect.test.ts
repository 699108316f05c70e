import { beforeAll, describe, expect, it } from 'vitest';
import { canonicalRoom } from '../../src/domain/room.ts';
import { issueJitsiToken } from '../../src/operations/issue-jitsi-token.ts';
import { testApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
const visitors = new Map<string, Visitor>();
let token: string;

beforeAll(async () => {
  await app.addIssuer();
  for (const role of ['administrator', 'auditor', 'user_manager'] as const) {
    await app.givePassword(await app.addUser({ username: role, role }));
    const visitor = app.visitor();
    await visitor.signIn(role, PASSWORD);
    visitors.set(role, visitor);
  }
  const live = app.catalog.current().bySlug.get('main');
  if (!live) throw new Error('no main');
  const issued = await issueJitsiToken(app, {
    live,
    user: await app.addUser({ username: 'ada' }),
    session: { methods: ['pwd'], authenticatedAt: app.clock.now() },
    room: canonicalRoom('Standup'),
    tenant: undefined,
    ip: undefined,
    requestId: 'X',
  });
  token = issued.token;
});

const as = (role: string) => visitors.get(role) as Visitor;
const inspect = (fields: Record<string, string>, role = 'auditor') =>
  as(role).submit('/admin/inspect', fields, { page: '/account' });

describe('/admin/inspect', () => {
  it.each([
    ['administrator', 200],
    ['auditor', 200],
    ['user_manager', 403],
  ])('answers %s with %i', async (role, status) => {
    expect((await as(role).get('/admin/inspect')).status).toBe(status);
    expect((await inspect({ token }, role)).status).toBe(status);
  });

  it('asks who is signed out to sign in', async () => {
    expect((await app.visitor().get('/admin/inspect')).location).toMatch(/^\/login/);
  });

  it('takes a token apart, alone or in an address', async () => {
    for (const text of [token, `https://meet.example.org/Standup?jwt=${token}#config.x=1`]) {
      const { status, text: page } = await inspect({ token: text });
      expect(status).toBe(200);
      expect(page).toContain('Signed by us,');
      expect(page).toContain('Accepted:');
      expect(page).toContain('&quot;room&quot;: &quot;standup&quot;');
    }
  });

  it('names cause and settings of what fails', async () => {
    const { text } = await inspect({ token, room: 'Another' });
    expect(text).toContain('Room does not match the room from token');
    expect(text).toContain('Made for another room, or without one.');
    expect(text).toContain('<code>anyRoom</code>');
  });

  it.each([
    [{ token: '' }, 400, 'This is needed.'],
    [{ token: 'x', issuer: 'none' }, 404, 'There is no such issuer.'],
    [{ token: 'x', room: 'a/b' }, 400, 'This is no name of a room.'],
    [{ token: 'x', tenant: 'a b' }, 400, 'This is no name of a tenant.'],
    [{ token: 'nonsense' }, 200, 'This is no token:'],
  ])('answers %j with %i', async (fields, status, words) => {
    const answer = await inspect(fields);
    expect([answer.status, answer.text.includes(words)]).toEqual([status, true]);
  });

  it('refuses fields nobody knows, and forms that are not ours', async () => {
    expect((await inspect({ token, other: 'x' })).status).toBe(400);
    const body = new URLSearchParams({ token }).toString();
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect(
      (await as('auditor').request('/admin/inspect', { method: 'POST', headers, body })).status,
    ).toBe(403);
  });

  it('takes it in no address', async () => {
    const { status, text } = await as('auditor').get(`/admin/inspect?token=${token}`);
    expect(status).toBe(200);
    expect(text).not.toContain(token.split('.')[2]);
  });

  it('neither logs nor keeps it', async () => {
    const canary = `${token.split('.')[0]}.${token.split('.')[1]}.Y2FuYXJ5LXNpZ25hdHVyZQ`;
    for (const fields of [
      { token: canary },
      { token: canary, room: 'a/b' },
      { token: canary, other: 'x' },
    ])
      await inspect(fields);
    expect(app.log()).not.toContain('Y2FuYXJ5LXNpZ25hdHVyZQ');
    const { rows } = await app.database.knex.raw<{ rows: { table_name: string }[] }>(
      `select table_name from information_schema.tables where table_schema = 'public'`,
    );
    for (const { table_name } of rows) {
      const held = await app.database.knex.raw(
        `select count(*)::int as count from ?? t where t::text like '%Y2FuYXJ5LXNpZ25hdHVyZQ%'`,
        [table_name],
      );
      expect([table_name, held.rows[0].count]).toEqual([table_name, 0]);
    }
  });
});
