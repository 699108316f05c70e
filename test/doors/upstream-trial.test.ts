/**
 * "Test this directory", with a real OpenID provider behind it.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { OidcUpstream } from '../../src/domain/upstreams/upstream.ts';
import { visitorOf } from '../support/issuer-pages.ts';
import { CLIENT_SECRET, type Wrongs } from '../support/upstream-provider.ts';
import type { Visitor } from '../support/visitor.ts';
import { ASKED, TEST, wordsOf } from './trial-ground.ts';
import { companyApp, pathOf } from './upstream-ground.ts';

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
    await app.stores.upstreamTrials.finish(id, [], { judgement: undefined });
    const kept = await app.stores.upstreamTrials.find(id, app.clock.now());
    expect(kept?.outcome?.judgement?.subject).toBe('grace-1');
    const inTime = (minutes: number) =>
      app.stores.upstreamTrials.find(id, new Date(Date.now() + minutes * 60_000));
    expect(await inTime(55)).toBeDefined();
    expect(await inTime(61)).toBeUndefined();
  });
});
