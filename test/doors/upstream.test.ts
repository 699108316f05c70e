import { describe, expect, it } from 'vitest';
import { PUBLIC_URL } from '../support/app.ts';
import { CLIENT_SECRET } from '../support/upstream-provider.ts';
import { addUpstream, CALLBACK, companyApp, signInThere, toCallback } from './upstream-ground.ts';

const ROOM =
  '/jitsi/login?room=standup&state=%7B%22tenant%22%3A%22acme%22%2C%22config.x%22%3A%22y%22%7D';
const login = (returnTo: string) =>
  `/upstream/company/login?${new URLSearchParams({ returnTo }).toString()}`;

describe('a sign-in with an upstream', () => {
  it('leads there and back to where the person was going', async () => {
    const { app, provider } = await companyApp();
    const visitor = app.visitor();
    const answer = await signInThere(visitor, provider, login(ROOM));
    expect(answer).toMatchObject({ status: 303, location: ROOM });
    const entered = await visitor.get(ROOM);
    expect(entered.status).toBe(303);
    expect(entered.location).toMatch(/^https:\/\/meet\.example\.org\/acme\/standup\?jwt=/);
    const account = await visitor.get('/account');
    expect(account.text).toContain('Grace Hopper');
  });

  it('is in the audit log with the upstream it came from', async () => {
    const { app, provider } = await companyApp();
    await signInThere(app.visitor(), provider);
    const rows = await app.database.knex('audit_events').where({ type: 'session.started' });
    expect(rows).toMatchObject([{ details: { upstream: 'company', methods: ['oidc', 'mfa'] } }]);
  });

  it('begins a new session, whatever cookie came', async () => {
    const { app, provider } = await companyApp();
    const visitor = app.visitor();
    visitor.cookies.set('__Host-roomkey', 'fixed-by-somebody-else-0000000000000000000');
    await signInThere(visitor, provider);
    const first = visitor.cookies.get('__Host-roomkey');
    expect(first).not.toContain('fixed-by-somebody-else');
    await signInThere(visitor, provider, `${login('/')}&fresh=yes`);
    expect(visitor.cookies.get('__Host-roomkey')).not.toBe(first);
    const before = app.visitor();
    before.cookies.set('__Host-roomkey', first ?? '');
    expect((await before.get('/account')).status).toBe(303);
  });

  it('sets a cookie that comes back with a link, and no more', async () => {
    const { app } = await companyApp();
    const answer = await app.visitor().get('/upstream/company/login');
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-roomkey-upstream=[\w-]{43}; path=\/; samesite=lax; secure; httponly$/i,
    );
  });

  it('works in several tabs at once', async () => {
    const { app, provider } = await companyApp();
    const visitor = app.visitor();
    const one = await toCallback(visitor, provider, login('/jitsi/login?room=one'));
    const two = await toCallback(visitor, provider, login('/jitsi/login?room=two'));
    expect((await visitor.get(one)).location).toBe('/jitsi/login?room=one');
    expect((await visitor.get(two)).location).toBe('/jitsi/login?room=two');
  });

  it('suggests the name that is known', async () => {
    const { app } = await companyApp();
    const { location = '' } = await app.visitor().get('/upstream/company/login?login_hint=grace');
    expect(new URL(location).searchParams.get('login_hint')).toBe('grace');
    expect(new URL(location).searchParams.get('redirect_uri')).toBe(CALLBACK);
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example'])(
    'never leads to %s',
    async (returnTo) => {
      const { app } = await companyApp();
      expect((await app.visitor().get(login(returnTo))).status).toBe(400);
    },
  );

  it('takes nobody to an upstream that is not there or is switched off', async () => {
    const { app, provider } = await companyApp({ disabled: true });
    await addUpstream(app, provider, { slug: 'on' });
    expect((await app.visitor().get('/upstream/company/login')).status).toBe(404);
    expect((await app.visitor().get('/upstream/none/login')).status).toBe(404);
    expect((await app.visitor().get('/upstream/on/login')).status).toBe(303);
  });
});

describe('what the browser brings back', () => {
  const gone = { status: 400 };

  it('counts once', async () => {
    const { app, provider } = await companyApp();
    const visitor = app.visitor();
    const callback = await toCallback(visitor, provider);
    expect((await visitor.get(callback)).status).toBe(303);
    const again = await visitor.get(callback);
    expect(again).toMatchObject(gone);
    expect(again.text).toContain('This sign-in is not under way here');
  });

  it('counts for one of fifty who bring it at once', async () => {
    const { app, provider } = await companyApp();
    const visitor = app.visitor();
    const callback = await toCallback(visitor, provider);
    const answers = await Promise.all(Array.from({ length: 50 }, () => visitor.get(callback)));
    const count = (status: number) => answers.filter((answer) => answer.status === status).length;
    expect([count(303), count(400)]).toEqual([1, 49]);
  });

  it('counts in the browser that asked, and is still good there', async () => {
    const { app, provider } = await companyApp();
    const victim = app.visitor();
    await victim.get('/upstream/company/login');
    const visitor = app.visitor();
    const callback = await toCallback(visitor, provider);
    expect(await victim.get(callback)).toMatchObject(gone);
    expect(await app.visitor().get(callback)).toMatchObject(gone);
    expect(victim.cookies.has('__Host-roomkey')).toBe(false);
    expect((await visitor.get(callback)).status).toBe(303);
  });

  it('is nothing after ten minutes', async () => {
    const { app, provider } = await companyApp();
    const visitor = app.visitor();
    const callback = await toCallback(visitor, provider);
    app.clock.advance(600);
    expect(await visitor.get(callback)).toMatchObject(gone);
  });

  it.each([
    'state=forged',
    'code=x',
    '',
    'state=',
    'error=access_denied',
    `state=${'x'.repeat(400)}`,
  ])('is nothing with %s', async (search) => {
    const { app } = await companyApp();
    const visitor = app.visitor();
    await visitor.get('/upstream/company/login');
    expect(await visitor.get(`/upstream/company/callback?${search}`)).toMatchObject(gone);
  });

  it('is nothing at the address of another upstream', async () => {
    const { app, provider } = await companyApp();
    await addUpstream(app, provider, { slug: 'other' });
    const visitor = app.visitor();
    const callback = await toCallback(visitor, provider);
    for (const path of ['/upstream/other/callback', '/callback', '/oidc/redirect'])
      expect(await visitor.get(callback.replace('/upstream/company/callback', path))).toMatchObject(
        gone,
      );
  });

  it('is nothing from another provider', async () => {
    const { app, provider } = await companyApp();
    const visitor = app.visitor();
    const callback = new URL(await toCallback(visitor, provider), PUBLIC_URL);
    callback.searchParams.set('iss', 'https://evil.example');
    const answer = await visitor.get(callback.pathname + callback.search);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('Another provider sent you back');
    const rows = await app.database.knex('audit_events').where({ type: 'session.refused' });
    expect(rows).toMatchObject([
      {
        reason: 'upstream_answer_wrong',
        details: { upstream: 'company', fault: 'issuer_mixed_up' },
      },
    ]);
  });

  it('is not consumed by HEAD or POST', async () => {
    const { app, provider } = await companyApp();
    const visitor = app.visitor();
    const callback = await toCallback(visitor, provider);
    for (const method of ['HEAD', 'POST']) {
      const answer = await visitor.request(callback, { method });
      expect(answer.status).toBe(405);
      expect(answer.headers.get('Allow')).toContain('GET');
    }
    expect((await visitor.get(callback)).status).toBe(303);
  });

  it.each(['/callback', '/oidc/redirect', '/oidc/tokenize'] as const)(
    'comes to %s where a bridge had it',
    async (callback) => {
      const { app, provider } = await companyApp(
        { callback },
        { redirectUris: [PUBLIC_URL + callback] },
      );
      const visitor = app.visitor();
      const back = await toCallback(visitor, provider, login(ROOM));
      expect(back.startsWith(`${callback}?`)).toBe(true);
      expect(await visitor.get(back)).toMatchObject({ status: 303, location: ROOM });
    },
  );
});

describe('a sign-in that comes to nothing', () => {
  it.each([
    ['access_denied', 'You, or a rule there, said no.'],
    ['login_required', 'You are not signed in there'],
    ['weird_error', 'weird_error'],
  ])('is a page for %s, with the ways on', async (error, words) => {
    const { app, provider } = await companyApp();
    provider.wrongs.error = error;
    const visitor = app.visitor();
    const answer = await signInThere(visitor, provider, login(ROOM));
    expect(answer.status).toBe(403);
    expect(answer.text).toContain(words);
    expect(answer.text).toMatch(/<code>[0-9A-Z]{8}<\/code>/);
    const [, retry = ''] = /href="(\/upstream\/company\/login[^"]*)"/.exec(answer.text) ?? [];
    expect(new URLSearchParams(retry.replaceAll('&amp;', '&').split('?')[1]).get('returnTo')).toBe(
      ROOM,
    );
    expect(answer.text).toContain('href="/login?choose=yes');
    const rows = await app.database.knex('audit_events').where({ type: 'session.refused' });
    expect(rows).toMatchObject([
      { reason: 'upstream_refused', details: { upstream: 'company', error } },
    ]);
  });

  it('says that the directory is down, and finds it again', async () => {
    const { app, provider } = await companyApp();
    provider.wrongs.down = true;
    const visitor = app.visitor();
    const answer = await visitor.get(login(ROOM));
    expect(answer.status).toBe(503);
    expect(answer.text).toContain('cannot sign anybody in');
    const page = await visitor.get('/login');
    expect(page.text).toContain('Sign in with');
    provider.wrongs.down = false;
    app.clock.advance(6);
    expect(await signInThere(visitor, provider, login(ROOM))).toMatchObject({ location: ROOM });
  });

  it('says so when it goes down on the way', async () => {
    const { app, provider } = await companyApp();
    const visitor = app.visitor();
    const callback = await toCallback(visitor, provider);
    provider.wrongs.down = true;
    expect((await visitor.get(callback)).status).toBe(503);
  });

  it('creates nobody whom the rule leaves out, and lets in nobody who is disabled', async () => {
    const { app, provider } = await companyApp({
      createRule: 'claims.email.endsWith("@other.example")',
    });
    const answer = await signInThere(app.visitor(), provider);
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('href="/upstream/company/login');
  });

  it('tells no secret to pages, log and audit', async () => {
    const { app, provider } = await companyApp();
    const told: string[] = [];
    const secrets = [CLIENT_SECRET];
    const cases = [
      () => (provider.wrongs.idToken = (c) => ({ ...c, at_hash: 'x' })),
      () => (provider.wrongs.foreignKey = true),
      () => provider.wrongs.instead.set('/token', { status: 500, body: 'x' }),
    ];
    for (const breakIt of cases) {
      const visitor = app.visitor();
      const callback = await toCallback(visitor, provider);
      const { searchParams } = new URL(callback, PUBLIC_URL);
      secrets.push(searchParams.get('code') ?? '', searchParams.get('state') ?? '');
      breakIt();
      const answer = await visitor.get(callback);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      told.push(answer.text);
    }
    const rows = await app.database.knex('audit_events');
    const all = [...told, app.log(), JSON.stringify(rows)].join('\n');
    for (const secret of secrets) expect(all).not.toContain(secret);
    expect(all).not.toMatch(/eyJ[\w-]{10}/);
  });

  it('cannot be used to fill the database', async () => {
    const { app } = await companyApp();
    const visitor = app.visitor();
    for (let nth = 0; nth < 25; nth++) await visitor.get('/upstream/company/login');
    const [row] = await app.database.knex('upstream_logins').count({ n: '*' });
    expect(Number(row?.n)).toBe(20);
  });
});
