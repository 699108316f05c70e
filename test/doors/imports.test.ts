import { beforeAll, describe, expect, it } from 'vitest';
import { FRESH_SECONDS } from '../../src/domain/session.ts';
import { workOnImports } from '../../src/operations/people/import/import-users.ts';
import { PUBLIC_URL, testApp } from '../support/app.ts';
import { RIGHT_HASH } from '../support/sign-in.ts';
import type { Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
const { users } = app.stores;
let manager: Visitor;

beforeAll(async () => {
  const mona = await app.addUser({ username: 'mona', role: 'user_manager', groups: ['staff'] });
  await app.givePassword(mona);
  manager = app.visitor();
  await manager.signIn('mona', PASSWORD);
});

/** Sends the form with a file, as a browser does. */
async function upload(text: string, fields: Record<string, string> = {}, visitor = manager) {
  const page = (await visitor.get('/admin/imports')).text;
  const csrf = /name="csrf" value="([^"]*)"/.exec(page)?.[1] ?? '';
  const body = new FormData();
  for (const [name, value] of Object.entries({ csrf, ...fields })) body.append(name, value);
  body.append('file', new Blob([text], { type: 'text/csv' }), 'people.csv');
  const headers = { Origin: PUBLIC_URL, 'Sec-Fetch-Site': 'same-origin' };
  return visitor.request('/admin/imports', { method: 'POST', headers, body });
}

describe('an import', () => {
  it('is looked at, then done, and says of each row what it did', async () => {
    const text = 'username,email,groups\ngrace,grace@example.org,staff\nmona,,nope\n';
    const begun = await upload(text, { existing: 'change', groups: 'refuse' });
    expect(begun.status).toBe(303);
    const address = begun.location ?? '';
    const waiting = await manager.get(address);
    expect(waiting.headers.get('Refresh')).toBe('2');
    expect(waiting.text).toContain('<progress max="2" value="0"');
    await workOnImports(app.context);

    const checked = await manager.get(address);
    expect(checked.headers.get('Refresh')).toBeNull();
    expect(checked.text).toContain('would be added');
    expect(checked.text).toContain('names a group that is not there: nope');
    const german = await manager.get(address, { 'Accept-Language': 'de' });
    expect(german.text).toContain('nennt eine Gruppe, die es nicht gibt: nope');
    expect(await users.findByLoginName('grace')).toBeUndefined();

    await manager.submit(`${address}/start`, {}, { page: address });
    await workOnImports(app.context);
    const done = await manager.get(`${address}?outcome=created`);
    const grace = (await users.findByLoginName('grace'))?.user;
    expect(grace?.groups).toEqual(['staff']);
    expect(done.text).toContain(`/admin/users/${grace?.id}`);
    expect(done.text).not.toContain('there is no group');
    expect((await manager.submit(`${address}/start`, {}, { page: address })).status).toBe(409);
    expect((await manager.get('/admin/imports')).text).toContain('people.csv');
    await manager.submit(`${address}/remove`, {}, { page: address });
    expect((await manager.get(address)).status).toBe(404);
  });

  it('gives roles and passwords to who proves again who they are', async () => {
    await app.givePassword(await app.addUser({ username: 'root', role: 'administrator' }));
    const visitor = app.visitor();
    await visitor.signIn('root', PASSWORD);
    const address = (await upload('username,role\nmallory,administrator\n', {}, visitor)).location;
    await workOnImports(app.context);
    app.clock.advance(FRESH_SECONDS);
    const start = (fields: Record<string, string>) =>
      visitor.submit(`${address}/start`, fields, { page: address ?? '' });
    expect((await visitor.get(address ?? '')).text).toContain('name="confirmPassword"');
    expect((await start({})).status).toBe(403);
    await workOnImports(app.context);
    expect(await users.findByLoginName('mallory')).toBeUndefined();
    expect((await start({ confirmPassword: PASSWORD })).status).toBe(303);
    await workOnImports(app.context);
    expect((await users.findByLoginName('mallory'))?.user.role).toBe('administrator');
  });

  it.each([
    ['a column of passwords', 'username,password\na,b\n', 'There is a column password.'],
    ['an unknown column', 'username,emial\na,b\n', 'Did you mean email?'],
    ['no file at all', '', 'There is no row in this file.'],
  ])('refuses %s beside the field', async (_what, text, words) => {
    const answer = await upload(text);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(words);
    expect(answer.text).toContain('aria-invalid="true"');
  });

  it('takes the form from our own pages alone, and no field of another', async () => {
    const forged = await upload('username\na\n', { csrf: 'x' });
    expect([400, 403]).toContain(forged.status);
    expect((await upload('username\na\n', { permissions: '*' })).status).toBe(400);
    const body = new FormData();
    body.append('file', new Blob(['username\na\n']), 'x.csv');
    const cross = { 'Sec-Fetch-Site': 'cross-site' };
    const init = { method: 'POST', headers: cross, body };
    expect((await manager.request('/admin/imports', init)).status).toBe(403);
  });

  it('refuses what is no form, and what is too much', async () => {
    const headers = { 'Content-Type': 'multipart/form-data; boundary=x', Origin: PUBLIC_URL };
    const broken = { method: 'POST', headers, body: 'nonsense' };
    expect((await manager.request('/admin/imports', broken)).status).toBe(400);
    const much = await upload(`username\n${'x'.repeat(11 * 2 ** 20)}\n`);
    expect(much.status).toBe(413);
  });

  it('shows hostile names as text', async () => {
    const name = `"<script>alert(1)</script>"`;
    const { location = '' } = await upload(`username,email\n${name},nonsense\n'=1+1,\n`);
    await workOnImports(app.context);
    const { text } = await manager.get(location);
    expect(text).not.toContain('<script>alert');
    expect(text).toContain('&lt;script&gt;alert');
  });
});

describe('the export', () => {
  it('gives the filtered list, safe to open, and reads it in again unchanged', async () => {
    const attributes = { floor: 3, tags: ['a;b', 'c'], on: true, note: '+49 30' };
    const ada = await app.addUser({
      username: 'ada',
      displayName: '=cmd|x',
      email: 'ada@example.org',
      groups: ['staff', 'x;y'],
      attributes,
    });
    await users.setPasswordHash(ada.id, RIGHT_HASH, app.clock.now());
    const { text, headers } = await manager.get('/admin/users/export.csv?q=cmd&sort=username');
    expect(headers.get('Content-Type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('Content-Disposition')).toMatch(/filename="roomkey-users-[\d-]+\.csv"/);
    expect(text).toContain(`,'=cmd|x,`);
    expect(text).toContain(`'+49 30`);
    expect(text).not.toContain('argon2');
    expect(text).not.toContain('mona');

    const { location = '' } = await upload(text);
    await workOnImports(app.context);
    expect((await manager.get(location)).text).toContain('nothing to do');
    const events = await app.stores.auditEvents.list({ type: 'users.exported', limit: 1 });
    expect(events).toMatchObject([{ actorName: 'mona', details: { filters: { words: 'cmd' } } }]);
  });

  it('gives more than a page', async () => {
    await app.database.knex.raw(
      `insert into users (id, username, display_name, created_at, updated_at, search)
       select gen_random_uuid(), 'crowd-' || n, 'C', now(), now(), to_tsvector('simple', 'crowd')
       from generate_series(1, 1203) n`,
    );
    const { text } = await manager.get('/admin/users/export.csv?q=crowd');
    expect(text.trimEnd().split('\r\n')).toHaveLength(1204);
    expect(new Set(text.split('\r\n')).size).toBe(1205);
  });
});
