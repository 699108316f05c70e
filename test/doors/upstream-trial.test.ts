/**
 * "Test this directory", with a real OpenID provider and a real LDAP directory behind it.
 *
 * @module
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { OidcUpstream } from '../../src/domain/upstreams/upstream.ts';
import { groupLdif, personDn, personLdif, reach, SECRETS } from '../directory/ground.ts';
import { testApp } from '../support/app.ts';
import { visitorOf } from '../support/issuer-pages.ts';
import { describeWithSlapd, SERVICE, type Slapd, startSlapd } from '../support/slapd.ts';
import { CLIENT_SECRET, type Wrongs } from '../support/upstream-provider.ts';
import type { Visitor } from '../support/visitor.ts';
import { companyApp, pathOf } from './upstream-ground.ts';

const TEST = '/admin/upstreams/company/test';
const ASKED = { issuer: 'main', room: 'Standup' };
const wordsOf = (html: string) => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const linkIn = (html: string) =>
  /href="(\/upstream\/company\/login\?test=[\w-]{43})"/.exec(html)?.[1];

async function companyTest(overrides: Partial<OidcUpstream> = {}) {
  const { app, provider, upstream } = await companyApp(overrides);
  const root = await visitorOf(app, 'administrator');
  /** Signs in there by the link of the first half, and reads what came of it. */
  const walk = async (visitor: Visitor = root) => {
    const begun = await root.submit(TEST, ASKED);
    const there = await visitor.get(linkIn(begun.text) ?? '');
    const callback = pathOf((await provider.pass(there.location ?? '')).href);
    const back = await visitor.get(callback);
    return { begun, callback, back, shown: await root.get(back.location ?? '') };
  };
  return { app, provider, upstream, root, walk };
}

describe('the test of an OpenID provider', () => {
  it('shows each step, the claims, the person and the decision, and writes nothing', async () => {
    const { app, upstream, walk } = await companyTest();
    const { begun, back, shown } = await walk();
    expect(wordsOf(begun.text)).toContain('The provider describes itself well');
    expect(back.location).toMatch(/^\/admin\/upstreams\/company\/test\/[\da-f-]{36}$/);
    const words = wordsOf(shown.text);
    for (const part of [
      'Every step went well.',
      'The way there well',
      'The way back well',
      'The code is exchanged well',
      'The keys are fetched well',
      'Known there as grace-1',
      'A new account would be made: grace',
      'Into standup: allowed, as participant',
    ])
      expect(words).toContain(part);
    expect(words.match(/The provider describes itself well/g)).toHaveLength(1);
    expect(await app.stores.users.findByLoginName('grace')).toBeUndefined();
    expect(await app.stores.identities.find(upstream.id, 'grace-1')).toBeUndefined();
  });

  it('shows neither secret nor code nor token, here or in the log', async () => {
    const { app, walk } = await companyTest();
    const { begun, callback, shown } = await walk();
    const code = new URLSearchParams(callback.split('?')[1]).get('code') ?? '';
    expect(code.length).toBeGreaterThan(20);
    const basic = Buffer.from(`roomkey:${CLIENT_SECRET}`).toString('base64');
    for (const secret of [CLIENT_SECRET, basic, code, 'eyJ'])
      for (const text of [begun.text, shown.text, app.log()]) expect(text).not.toContain(secret);
    for (const masked of [
      'Basic •••',
      'code=•••',
      'access_token&quot;: &quot;•••',
      'id_token&quot;: &quot;•••',
    ])
      expect(shown.text).toContain(masked);
  });

  it('signs nobody in', async () => {
    const { app, walk } = await companyTest();
    const visitor = app.visitor();
    const { back } = await walk(visitor);
    expect(back.status).toBe(303);
    expect((await visitor.get(back.location ?? '')).location).toMatch(/^\/login\?/);
    expect((await visitor.get('/account')).status).toBe(303);
  });

  it.each([
    ['a rule that lets nobody in', { createRule: 'false' }, 'The rule for new accounts says no.'],
    ['a mapping without a name', { mapping: { username: "''" } }, 'What it says cannot be used.'],
  ] as const)('names %s', async (_what, overrides, words) => {
    const { walk } = await companyTest(overrides);
    const { shown } = await walk();
    expect(wordsOf(shown.text)).toContain(words);
  });

  it.each([
    ['is down', (wrongs) => (wrongs.down = true), 'Nobody answers at its address'],
    [
      'has no such address',
      (wrongs) =>
        wrongs.instead.set('/.well-known/openid-configuration', { status: 404, body: 'no' }),
      'It does not describe itself',
    ],
  ] satisfies [string, (wrongs: Wrongs) => void, string][])(
    'names the first step that is wrong when it %s',
    async (_what, spoil, cause) => {
      const { provider, root } = await companyTest();
      spoil(provider.wrongs);
      const { status, text } = await root.submit(TEST, ASKED);
      expect(status).toBe(200);
      expect(/<p class="alert" role="status">(.*)<\/p>/.exec(text)?.[1]).toContain(
        `<strong>Wrong at “The provider describes itself”:</strong> ${cause}`,
      );
      expect(linkIn(text)).toBeUndefined();
    },
  );

  it.each([
    [
      'refuses',
      (wrongs) => (wrongs.error = 'access_denied'),
      'sent the browser back with a refusal',
    ],
    [
      'signs with a key that it does not publish',
      (wrongs) => (wrongs.foreignKey = true),
      'was not signed by it',
    ],
    [
      'does not know the client',
      (wrongs) =>
        wrongs.instead.set('/token', {
          status: 401,
          headers: { 'content-type': 'application/json' },
          body: '{"error":"invalid_client"}',
        }),
      'Wrong at “The code is exchanged”: It does not take Roomkey for its client.',
    ],
  ] satisfies [string, (wrongs: Wrongs) => void, string][])(
    'names what is wrong on the way back when it %s',
    async (_what, spoil, words) => {
      const { provider, walk } = await companyTest();
      spoil(provider.wrongs);
      const { shown } = await walk();
      expect(shown.status).toBe(200);
      expect(wordsOf(shown.text)).toContain(words);
    },
  );

  it.each([
    ['a text', JSON.stringify('eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJncmFjZSJ9.c2lnbmF0dXJl')],
    ['lists', JSON.stringify({ tokens: ['opaque-canary'], secret: { value: 'opaque-canary' } })],
    [
      'words',
      JSON.stringify({ error: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJncmFjZSJ9.c2lnbmF0dXJl x' }),
    ],
  ])('masks what is a token in %s', async (_where, body) => {
    const { provider, walk } = await companyTest();
    provider.wrongs.instead.set('/token', { status: 400, body });
    const { shown } = await walk();
    expect(shown.text).toContain('•••');
    for (const canary of ['eyJzdWIi', 'opaque-canary']) expect(shown.text).not.toContain(canary);
  });

  it('shows claims that are no text, such as half a letter', async () => {
    const { provider, walk } = await companyTest();
    provider.wrongs.idToken = (claims) => ({ ...claims, nickname: 'half \ud83d', 'n\udc00': [] });
    const { shown } = await walk();
    expect(wordsOf(shown.text)).toContain('A new account would be made: grace');
    expect(shown.text).toContain('half \ufffd');
  });

  it('does the same by the API', async () => {
    const { app, provider } = await companyTest();
    const key = await app.apiKey(['upstreams:write']);
    const path = '/api/v1/upstreams/company/tests';
    const begun = await app.api('POST', path, { key, body: { room: 'Standup' } });
    expect(begun.json).toMatchObject({ waits: true, wrong: null, judgement: null });
    const visitor = app.visitor();
    const there = await visitor.get(pathOf(begun.json.signInUrl));
    const back = await visitor.get(pathOf((await provider.pass(there.location ?? '')).href));
    expect(wordsOf(back.text)).toContain('The test is done');
    const done = await app.api('GET', `${path}/${begun.json.id}`, { key });
    expect(done.json).toMatchObject({
      waits: false,
      wrong: null,
      judgement: { subject: 'grace-1', decision: { room: 'standup', outcome: 'allowed' } },
    });
    expect(done.text).not.toContain('eyJ');
    const refused = await app.api('POST', path, { key, body: { room: 'a/b' } });
    expect([refused.status, refused.json.error.code]).toEqual([400, 'room_invalid']);
    const elsewhere = await app.api('GET', `${path}/${app.random.uuid()}`, { key });
    expect(elsewhere.status).toBe(404);
  });

  it('begins by a link that works until somebody has signed in by it', async () => {
    const { app, walk } = await companyTest();
    const { begun, back } = await walk();
    const link = linkIn(begun.text) ?? '';
    expect((await app.visitor().get(link)).status).toBe(400);
    const id = back.location?.split('/').at(-1) ?? '';
    const inTime = (minutes: number) =>
      app.stores.upstreamTrials.find(id, new Date(Date.now() + minutes * 60_000));
    expect(await inTime(55)).toBeDefined();
    expect(await inTime(61)).toBeUndefined();
  });
});

describeWithSlapd('the test of an LDAP directory', () => {
  let slapd: Slapd;
  let app: Awaited<ReturnType<typeof testApp>>;
  let root: Visitor;

  beforeAll(async () => {
    slapd = await startSlapd(
      [
        personLdif({ uid: 'ada', more: ['displayName: Ada Lovelace'] }),
        personLdif({ uid: 'eve', more: ['nsAccountLock: TRUE'] }),
        groupLdif('staff', [personDn('ada')]),
      ].join('\n'),
    );
    app = await testApp({ ALLOW_LOOPBACK: '1' });
    await app.addIssuer({ useRule: "inGroup('staff')" });
    const urls = [`ldap://127.0.0.1:${slapd.port}`];
    const { upstream } = reach(slapd, { urls, groups: 'claims.groups' });
    await app.stores.upstreams.add(upstream, SECRETS, app.clock.now());
    await app.stores.catalogVersion.bump();
    await app.catalog.refresh();
    root = await visitorOf(app, 'administrator');
  });

  const test = async (fields: Record<string, string>) => {
    const { status, text } = await root.submit(TEST, { ...ASKED, ...fields });
    expect(status).toBe(200);
    return { text, words: wordsOf(text) };
  };

  it('goes up to the decision, and writes nothing', async () => {
    const { text, words } = await test({ login: 'ada', password: 'ada password' });
    for (const part of [
      'Every step went well.',
      'The password is tried well',
      'A new account would be made: ada',
      'Into standup: allowed, as participant',
    ])
      expect(words).toContain(part);
    expect(text).toContain('&quot;staff&quot;');
    expect(await app.stores.users.findByLoginName('ada')).toBeUndefined();
    for (const secret of [SERVICE.password, 'ada password'])
      for (const told of [text, app.log()]) expect(told).not.toContain(secret);
  });

  it('tries the connection alone when nobody is named', async () => {
    const { words } = await test({ login: '' });
    expect(words).toContain('Every step went well.');
    expect(words).not.toContain('Who that is here');
  });

  it.each([
    ['a wrong password', { login: 'ada', password: 'wrong' }, 'Wrong at “The password is tried”:'],
    [
      'a name that is nobody',
      { login: 'nobody', password: 'x' },
      'Wrong at “The person is found”:',
    ],
  ])('names the first step that is wrong with %s', async (_what, fields, first) => {
    const { words } = await test(fields);
    expect(words).toContain(first);
    expect(words).not.toContain('Every step went well.');
  });

  it('says that an account is locked there', async () => {
    const { words } = await test({ login: 'eve', password: 'eve password' });
    expect(words).toMatch(/locked|may not sign in/);
    expect(words).not.toContain('A new account would be made');
  });

  it('is no way to guess a password that nobody counts', async () => {
    const key = await app.apiKey(['upstreams:write']);
    const guess = async (password: string) => {
      const body = { login: 'ada', password };
      const path = '/api/v1/upstreams/company/tests';
      const { status, json } = await app.api('POST', path, { key, body });
      return [status, json.error?.code];
    };
    const answers = [];
    for (let nth = 0; nth < 8; nth++) answers.push(await guess(`guess ${nth}`));
    expect(answers.at(0)).toEqual([200, undefined]);
    expect(answers.at(-1)).toEqual([429, 'login_limited']);
    // Which holds at the sign-in page, too.
    const there = await app.visitor().submit('/login', { username: 'ada', password: 'x' });
    expect(there.status).toBe(429);
    expect(
      (await app.api('POST', '/api/v1/upstreams/company/tests', { key, body: {} })).status,
    ).toBe(200);
  });

  it('says that a name is no room, beside its field', async () => {
    const { status, text } = await root.submit(TEST, { ...ASKED, room: 'a/b' });
    expect(status).toBe(400);
    expect(text).toContain('aria-invalid="true"');
  });
});
