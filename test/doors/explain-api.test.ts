import { beforeAll, describe, expect, it } from 'vitest';
import { testApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
let key: string;
let auditor: Visitor;

beforeAll(async () => {
  await app.addIssuer({ useRule: "inGroup('staff')", moderatorRule: "inGroup('chairs')" });
  await app.addUser({ username: 'ada', groups: ['staff'], attributes: { department: 'maths' } });
  await app.addUser({ username: 'eve' });
  key = await app.apiKey(['explain', 'issuers:read']);
  await app.givePassword(await app.addUser({ username: 'auditor', role: 'auditor' }));
  auditor = app.visitor();
  await auditor.signIn('auditor', PASSWORD);
});

const call = (path: string, body?: unknown) =>
  app.api(body === undefined ? 'GET' : 'POST', path, body === undefined ? { key } : { key, body });

describe('POST /api/v1/explain', () => {
  it('says all that the page says', async () => {
    const { status, json } = await call('/api/v1/explain', {
      issuer: 'main',
      user: 'ada',
      room: 'Standup',
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      issuer: 'main',
      asked: { user: 'ada', madeUp: false, room: 'standup' },
      outcome: 'allowed',
      role: 'participant',
      rules: [
        {
          kind: 'use',
          path: 'useRule',
          outcome: 'hit',
          readings: [{ text: "inGroup('staff')", value: 'true' }],
        },
        { kind: 'moderator', outcome: 'miss' },
      ],
      token: {
        outcome: 'built',
        claims: { room: 'standup' },
        origins: {
          'context.user.name': { kind: 'mapping', entry: 'mapping.name' },
          iss: { kind: 'setting' },
        },
        prosody: { verdict: 'accepted' },
      },
    });
  });

  it('takes somebody made up, and changes nobody has saved', async () => {
    const madeUp = { username: 'x', groups: ['new'], attributes: { level: 3 } };
    const draft = { useRule: "inGroup('new') && user.attributes.level == 3" };
    const { json } = await call('/api/v1/explain', { issuer: 'main', madeUp, room: 'x', draft });
    expect(json).toMatchObject({ outcome: 'allowed', asked: { madeUp: true } });
  });

  it('explains a refusal by its reference', async () => {
    const { visitor } = await app.signedIn('refused', ['guests']);
    const refused = await visitor.get('/jitsi/login?room=Board');
    const reference = refused.headers.get('X-Request-Id');
    const { status, json } = await call('/api/v1/explain', { reference });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      asked: { user: 'refused', room: 'board' },
      past: { reference, outcome: 'denied', reason: 'use_rule_false' },
      outcome: 'denied',
      reason: 'use_rule_false',
    });
  });

  it.each([
    [{ issuer: 'none', user: 'ada', room: 'x' }, 404, 'issuer_not_found'],
    [{ issuer: 'main', user: 'nobody', room: 'x' }, 404, 'user_not_found'],
    [{ issuer: 'main', user: 'ada', room: 'a/b' }, 400, 'room_invalid'],
    [
      { issuer: 'main', user: 'ada', room: 'x', draft: { useRule: 'inGrup()' } },
      400,
      'input_invalid',
    ],
    [{ issuer: 'main', room: 'x' }, 400, 'input_invalid'],
    [{ issuer: 'main', user: 'ada', madeUp: { username: 'x' }, room: 'x' }, 400, 'input_invalid'],
    [{ reference: 'X', user: 'ada' }, 400, 'input_invalid'],
    [{ reference: 'NONE0000' }, 404, 'reference_not_found'],
  ])('refuses %j', async (body, status, code) => {
    const answer = await call('/api/v1/explain', body);
    expect([answer.status, answer.json.error.code]).toEqual([status, code]);
  });
});

describe('POST /api/v1/issuers/{issuer}/impact', () => {
  it('says whom a change lets in and shuts out', async () => {
    const { status, json } = await call('/api/v1/issuers/main/impact', {
      draft: { useRule: "!inGroup('staff')" },
      room: 'standup',
    });
    expect(status).toBe(200);
    expect(json.complete).toBe(true);
    expect(json.changes.shut_out).toMatchObject({
      count: 1,
      people: [{ username: 'ada', before: 'participant', after: 'denied' }],
    });
    expect(
      json.changes.let_in.people.map(({ username }: { username: string }) => username),
    ).toContain('eve');
  });

  it('names the place of a mistake in the draft', async () => {
    const { status, json } = await call('/api/v1/issuers/main/impact', {
      draft: { rooms: [{ match: 'x', useRule: 'inGrup()' }] },
      room: 'x',
    });
    expect(status).toBe(400);
    expect(JSON.stringify(json)).toContain('rooms[0].useRule');
  });
});

describe('POST /api/v1/inspect', () => {
  it('takes a token apart', async () => {
    const { json } = await call('/api/v1/inspect', { token: 'e30.e30.AAAA', room: 'x' });
    expect(json).toMatchObject({
      header: {},
      claims: {},
      judged: { issuer: 'main', verdict: { verdict: 'refused' } },
    });
    expect((await call('/api/v1/inspect', { token: 'nonsense' })).json).toMatchObject({
      unreadable: 'Invalid token',
    });
  });

  it('neither logs nor keeps it', async () => {
    await call('/api/v1/inspect', { token: 'e30.e30.Y2FuYXJ5' });
    await call('/api/v1/inspect', { token: 'e30.e30.Y2FuYXJ5', other: 'x' });
    expect(app.log()).not.toContain('Y2FuYXJ5');
    expect(JSON.stringify(await app.stores.auditEvents.list({ limit: 500 }))).not.toContain(
      'Y2FuYXJ5',
    );
  });
});

describe('what an editor asks', () => {
  const source = "inGroup('a')\n  && rooom == 'x'";
  const mistake = { line: 2, column: 6, start: 18, length: 5, hint: 'did you mean room?' };

  it('is checked by machine', async () => {
    expect((await call('/api/v1/rules/check', { kind: 'rule', source })).json).toMatchObject({
      ok: false,
      mistakes: [mistake],
    });
    expect((await call('/api/v1/rules/words?kind=rule&issuer=main')).json).toMatchObject({
      attributes: ['department'],
      words: expect.arrayContaining([{ text: 'room', kind: 'variable', type: 'string' }]),
    });
    expect((await call('/api/v1/rules/words?issuer=none')).status).toBe(404);
  });

  it('is checked for a page of ours', async () => {
    const answer = await auditor.submit(
      '/admin/rules/check',
      { kind: 'rule', source, issuer: 'main' },
      { page: '/account' },
    );
    expect(answer.headers.get('Content-Type')).toMatch(/json/);
    expect(JSON.parse(answer.text)).toMatchObject({ ok: false, mistakes: [mistake] });
    const words = JSON.parse(
      (await auditor.get('/admin/rules/words?kind=mapping', { 'Accept-Language': 'de' })).text,
    );
    expect(words.words).toContainEqual(
      expect.objectContaining({ text: 'room', help: expect.stringContaining('Raum') }),
    );
    expect((await auditor.get('/admin/rules/words?kind=mapping&issuer=none')).status).toBe(404);
  });

  it('is for nobody else’s page', async () => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const answer = await auditor.request('/admin/rules/check', {
      method: 'POST',
      headers,
      body: 'source=1',
    });
    expect(answer.status).toBe(403);
  });
});
