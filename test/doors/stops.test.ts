import { beforeAll, describe, expect, it } from 'vitest';
import type { UserRole } from '../../src/domain/permissions.ts';
import { testApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
let root: Visitor;
let eve: Visitor;

async function visitorOf(role: UserRole, username: string): Promise<Visitor> {
  const user = await app.addUser({ username, role });
  await app.givePassword(user);
  const visitor = app.visitor();
  await visitor.signIn(username, PASSWORD);
  return visitor;
}
beforeAll(async () => {
  await app.addIssuer({ slug: 'main' });
  root = await visitorOf('administrator', 'root');
  eve = (await app.signedIn('eve')).visitor;
});

const NEW = '/admin/stops/new';
const enter = () => eve.get('/jitsi/login?room=Standup');

describe('the kill switch', () => {
  it('stops somebody from the form on, says what is still out, and lets them in again', async () => {
    expect((await enter()).status).toBe(303);
    const form = await root.get(`${NEW}?user=eve`);
    expect(form.text).toContain('One token is still out');

    const stopped = await root.submit(NEW, { user: 'eve', reason: 'stolen laptop', lasts: 'open' });
    expect(stopped.status).toBe(303);
    const refused = await enter();
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('an administrator has stopped it');
    expect(refused.text).not.toContain('stolen laptop');

    const [path = ''] = stopped.location?.split('?') ?? [];
    const shown = await root.get(stopped.location ?? '');
    expect(shown.text).toContain('stolen laptop');
    expect(shown.text).toContain('  reason: stolen laptop\n');
    expect(shown.text).toContain('roomkey apply does not take it');
    expect(shown.text).toContain('One token is still out');
    expect(shown.text).toContain('Stopped. No more tokens');
    expect((await root.get('/admin/stops')).text).toContain('In force');
    expect((await eve.get('/?issuer=main&room=Standup')).text).toContain('role denied');

    const lifted = await root.submit(`${path}/lift`, {}, { page: path });
    expect(lifted.location).toBe(`${path}?done=lifted`);
    expect((await enter()).status).toBe(303);
    expect((await root.get(path)).text).not.toContain(`${path}/lift`);
  });

  it('ends by itself when it was told to', async () => {
    const fields = { issuer: 'main', room: 'stand*', reason: 'x', lasts: '3600' };
    await root.submit(NEW, fields);
    expect((await enter()).status).toBe(403);
    app.clock.advance(3600);
    expect((await enter()).status).toBe(303);
  });

  it.each<[Readonly<Record<string, string>>, string]>([
    [{ reason: 'x' }, 'user'],
    [{ user: 'nobody', reason: 'x' }, 'user'],
    [{ user: 'eve', issuer: 'main', reason: 'x' }, 'issuer'],
    [{ issuer: 'gone', reason: 'x' }, 'issuer'],
    [{ issuer: 'main', room: 'a/b', reason: 'x' }, 'room'],
    [{ user: 'eve', reason: '' }, 'reason'],
    [{ user: 'eve', reason: 'x'.repeat(501) }, 'reason'],
  ])('asks again for %o, and keeps what was typed', async (fields, field) => {
    const answer = await root.submit(NEW, fields);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(`id="${field}-fault"`);
    expect(answer.text).toContain(`value="${fields['user'] ?? ''}"`);
    expect((await enter()).status).toBe(303);
  });

  it('is for administrators; auditors see it', async () => {
    const auditor = await visitorOf('auditor', 'aud');
    const list = await auditor.get('/admin/stops');
    expect(list.status).toBe(200);
    expect(list.text).not.toContain(NEW);
    expect((await auditor.get(NEW)).status).toBe(403);
    const page = '/admin/audit';
    const fields = { user: 'eve', reason: 'x' };
    expect((await auditor.submit(NEW, fields, { page })).status).toBe(403);
    const manager = await visitorOf('user_manager', 'man');
    expect((await manager.get('/admin/stops')).status).toBe(403);
  });

  it.each(['x', '00000000-0000-4000-8000-000000000000'])('knows no stop %s', async (id) => {
    expect((await root.get(`/admin/stops/${id}`)).status).toBe(404);
    const lift = await root.submit(`/admin/stops/${id}/lift`, {}, { page: NEW });
    expect(lift.status).toBe(404);
  });
});

describe('the API of the kill switch', () => {
  it('does the same', async () => {
    const key = await app.apiKey(['tokens:stop', 'audit:read']);
    await enter();
    const out = await app.api('GET', '/api/v1/outstanding-tokens?issuer=main&room=stand*', { key });
    expect(out.json.count).toBeGreaterThan(0);
    const body = { user: 'eve', reason: 'incident', endsAt: '2036-01-01T00:00:00Z' };
    const made = await app.api('POST', '/api/v1/stops', { key, body });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      kind: 'user',
      name: 'eve',
      state: 'in_force',
      createdBy: 'api:test',
      endsAt: '2036-01-01T00:00:00.000Z',
      outstanding: { lastExpiresAt: expect.any(String) },
    });
    expect((await enter()).status).toBe(403);
    const minting = await app.apiKey(['tokens:mint']);
    const room = { user: 'eve', room: 'Standup' };
    const minted = () =>
      app.api('POST', '/api/v1/issuers/main/tokens', { key: minting, body: room });
    const refused = await minted();
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('tokens_stopped');
    const path = `/api/v1/stops/${made.json.id}`;
    expect((await app.api('GET', path, { key })).json).toEqual(made.json);
    const lifted = await app.api('DELETE', path, { key });
    expect(lifted.json).toMatchObject({ state: 'lifted', liftedBy: 'api:test' });
    expect((await enter()).status).toBe(303);
    expect((await minted()).status).toBe(201);
    expect((await app.api('GET', '/api/v1/stops/nonsense', { key })).status).toBe(404);
  });
});
