import { beforeAll, describe, expect, it } from 'vitest';
import { PERMISSIONS, type UserRole } from '../../src/domain/permissions.ts';
import { testApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
const issuer = await app.addIssuer({ slug: 'main', useRule: "inGroup('staff')" });
let root: Visitor;
let auditor: Visitor;

async function visitorOf(role: UserRole, username: string): Promise<Visitor> {
  const user = await app.addUser({ username, role, groups: ['staff'] });
  await app.givePassword(user);
  const visitor = app.visitor();
  await visitor.signIn(username, PASSWORD);
  return visitor;
}

beforeAll(async () => {
  root = await visitorOf('administrator', 'root');
  auditor = await visitorOf('auditor', 'aud');
  const guest = await app.signedIn('guest', ['guests']);
  await guest.visitor.get('/jitsi/login?room=Secret');
  await root.get('/jitsi/login?room=Board');
  await app.stores.auditEvents.add({
    at: app.clock.now(),
    type: 'user.updated',
    actorName: 'root',
    targetType: 'user',
    targetId: 'aaaa',
    targetName: '=cmd()',
    requestId: 'REQ00001',
    details: { before: { email: 'a@x.org' }, after: { email: 'b@x.org' }, note: 'hello' },
  });
});

const rows = (text: string) => [...text.matchAll(/href="\/admin\/audit\/(\d+)"/g)].length;

describe('the audit log', () => {
  it.each([
    ['/admin/audit?type=token.denied', ['Turned away from a room', 'secret', 'use_rule_false']],
    ['/admin/audit?type=token&room=BOARD', ['Entered a room', 'board']],
    ['/admin/audit?issuer=main&reason=use_rule_false', ['secret']],
    ['/admin/audit?q=secr', ['secret']],
    ['/admin/audit?target=user:aaaa', ['Account changed']],
    ['/admin/audit?request=req00001', ['Account changed']],
    ['/admin/audit?actor=guest&type=session.started&from=2026-01-05&to=2026-01-05', ['Signed in']],
  ])('%s finds what it names, and nothing else', async (address, words) => {
    const { status, text } = await auditor.get(address);
    expect(status).toBe(200);
    expect(rows(text)).toBe(1);
    for (const word of words) expect(text).toContain(word);
  });

  it('takes forms as they come, empty fields and all', async () => {
    const { status, text } = await auditor.get('/admin/audit?q=&type=&issuer=&from=&to=&actor=');
    expect(status).toBe(200);
    expect(rows(text)).toBeGreaterThan(4);
  });

  it.each(['from=yesterday', 'order=random', 'after=x', 'nonsense=1', 'q=a&q=b'])(
    'refuses %s',
    async (query) => {
      expect((await auditor.get(`/admin/audit?${query}`)).status).toBe(400);
    },
  );

  it('shows one entry with what changed, and where to go on', async () => {
    const list = await auditor.get('/admin/audit?target=user:aaaa');
    const path = /\/admin\/audit\/\d+/.exec(list.text)?.[0] ?? '';
    const { text } = await auditor.get(path);
    expect(text).toMatch(/<del[^>]*><bdi>a@x.org/);
    expect(text).toMatch(/<ins[^>]*><bdi>b@x.org/);
    expect(text).toContain('hello');
    expect(text).toContain('/admin/audit?request=REQ00001');
    expect(text).toContain('/admin/audit?target=user%3Aaaaa');
  });

  it('leads from a refusal to its explanation', async () => {
    const list = await auditor.get('/admin/audit?type=token.denied');
    const { text } = await auditor.get(/\/admin\/audit\/\d+/.exec(list.text)?.[0] ?? '');
    const explain = /\/admin\/explain\?reference=\w+/.exec(text)?.[0] ?? '';
    expect((await auditor.get(explain)).text).toContain('secret');
  });

  it('is the history of users, groups, issuers and API keys', async () => {
    await app.apiKey(['users:read']);
    const { id } = await app.addUser({ username: 'somebody', groups: ['staff'] });
    const [group] = await app.stores.groups.list();
    for (const [page, history] of [
      [`/admin/users/${id}`, `target=user:${id}`],
      [`/admin/groups/${group?.id}`, `target=group:${group?.id}`],
      ['/admin/issuers/main', 'issuer=main'],
      ['/admin/api-keys', 'target=api_key:'],
    ] as const)
      expect((await root.get(page)).text).toContain(`href="/admin/audit?${history}`);
  });

  it.each(['0', '99999999', 'x', '1e3', '9'.repeat(30)])('knows no entry %s', async (id) => {
    expect((await auditor.get(`/admin/audit/${id}`)).status).toBe(404);
  });

  it('goes on page by page', async () => {
    for (let nth = 0; nth < 60; nth++)
      await app.stores.auditEvents.add({ at: app.clock.now(), type: 'key.created' });
    const first = await auditor.get('/admin/audit?type=key');
    expect(rows(first.text)).toBe(50);
    const next = /href="([^"]*after=[^"]*)" rel="next"/.exec(first.text)?.[1] ?? '';
    const second = await auditor.get(next.replaceAll('&amp;', '&'));
    expect(rows(second.text)).toBe(10);
  });
});

describe('the export', () => {
  it('is a file of what the filters find, safe to open, and is written down', async () => {
    const address = '/admin/audit/export?target=user:aaaa&format=csv';
    const { status, headers, text } = await auditor.get(address);
    expect(status).toBe(200);
    expect(headers.get('Content-Type')).toBe('text/csv; charset=utf-8');
    expect(headers.get('Content-Disposition')).toBe(
      'attachment; filename="roomkey-audit-2026-01-05.csv"',
    );
    expect(text.trimEnd().split('\r\n')).toHaveLength(2);
    expect(text).toContain(",'=cmd(),");
    const [event] = await app.stores.auditEvents.list({ type: 'audit.exported', limit: 1 });
    expect(event).toMatchObject({ actorName: 'aud', details: { filters: { targetId: 'aaaa' } } });
  });

  it('comes as JSON, too', async () => {
    const json = await auditor.get('/admin/audit/export?type=token&format=json');
    expect(JSON.parse(json.text)).toHaveLength(2);
    const lines = await auditor.get('/admin/audit/export?type=token&format=jsonl');
    expect(lines.text.trimEnd().split('\n')).toHaveLength(2);
  });
});

describe('times that nobody can store', () => {
  const far = encodeURIComponent('9999-12-31T23:59:59-23:59');
  const early = encodeURIComponent('0000-01-01T00:00:00+23:59');

  it.each([far, early, '9999-12-31'])('are refused where they are typed: %s', async (at) => {
    for (const name of ['from', 'to'])
      expect((await auditor.get(`/admin/audit?${name}=${at}`)).status).toBe(400);
    const key = await app.apiKey(['audit:read']);
    const list = await app.api('GET', `/api/v1/audit-events?from=${at}`, { key });
    expect([list.status, list.json.error.code]).toEqual([400, 'input_invalid']);
  });

  it('are refused where they are given', async () => {
    const key = await app.apiKey(PERMISSIONS);
    const at = decodeURIComponent(far);
    for (const [path, body] of [
      ['/api/v1/api-keys', { name: 'x', scopes: ['audit:read'], expiresAt: at }],
      ['/api/v1/stops', { kind: 'issuer', issuer: issuer.slug, endsAt: at }],
      ['/api/v1/explain', { issuer: issuer.slug, user: 'x', room: 'y', at }],
    ] as const)
      expect((await app.api('POST', path, { key, body })).status).toBe(400);
  });
});

describe('retention', () => {
  it('is set by administrators alone', async () => {
    const shown = await auditor.get('/admin/audit');
    expect(shown.text).not.toContain('action="/admin/audit/retention"');
    const path = '/admin/audit/retention';
    const page = '/admin/audit';
    expect((await auditor.submit(path, { days: '9' }, { page })).status).toBe(403);
    const wrong = await root.submit(path, { days: '6' }, { page });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('aria-invalid="true"');
    expect(wrong.text).toContain('a week at least');
    expect((await root.submit(path, { days: '30' }, { page })).location).toBe(
      '/admin/audit?done=saved',
    );
    expect((await root.get('/admin/audit')).text).toContain('30 days, set here');
  });
});

describe('the API', () => {
  it('gives the same', async () => {
    const key = await app.apiKey(['audit:read']);
    const list = await app.api('GET', '/api/v1/audit-events?type=token.denied', { key });
    expect(list.json).toMatchObject({
      items: [{ type: 'token.denied', room: 'secret', issuerId: issuer.id, details: {} }],
      next: null,
      total: { count: 1, more: false },
    });
    const [{ id }] = list.json.items;
    const one = await app.api('GET', `/api/v1/audit-events/${id}`, { key });
    expect(one.json).toEqual(list.json.items[0]);
    const path = '/api/v1/audit-events/export?type=token.denied';
    const file = await app.api('GET', path, { key });
    expect(JSON.parse(file.text)).toEqual(one.json);
    expect((await app.api('GET', '/api/v1/audit-events/7777777', { key })).status).toBe(404);
  });

  it('sets how long entries are kept', async () => {
    const key = await app.apiKey(['settings:write', 'settings:read']);
    const path = '/api/v1/settings/audit-retention';
    const set = await app.api('PUT', path, { key, body: { days: 45 } });
    expect(set.json).toEqual({ days: 45, source: 'setting' });
    expect((await app.api('PUT', path, { key, body: { days: 6 } })).status).toBe(400);
    expect((await app.api('GET', path, { key })).json).toEqual(set.json);
    const other = await app.apiKey(['audit:read']);
    expect((await app.api('PUT', path, { key: other, body: { days: 1 } })).status).toBe(403);
  });
});
