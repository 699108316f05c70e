import { describe, expect, it } from 'vitest';
import { decodeJwt } from 'jose';
import { encodeReturn } from '../../src/domain/sign-out-return.ts';
import { PUBLIC_URL } from '../support/app.ts';
import { ask, discover, jitsiClient, redeem, SSO, syncClock } from '../support/relying-party.ts';
import { companyApp, keepLocalForAdministrators, pathOf, signInThere } from './upstream-ground.ts';

const LOGOUT_PAGE = 'https://meet.example.org/static/logout.html';

async function signedInThere(signOut = true) {
  const ground = await companyApp({ signOut });
  const visitor = ground.app.visitor();
  await signInThere(visitor, ground.provider);
  return { ...ground, visitor };
}

/** Of the page in between. */
const onward = (text: string) =>
  /http-equiv="refresh" content="0; url=([^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';

describe('a sign-out', () => {
  it('ends here first, then at the upstream, with its own token', async () => {
    const { visitor, provider, app } = await signedInThere();
    const before = visitor.cookies.get('__Host-roomkey') ?? '';
    const answer = await visitor.submit('/logout', {}, { page: '/account' });
    const there = new URL(onward(answer.text));
    expect(there.origin + there.pathname).toBe(`${provider.issuer}/session/end`);
    expect(there.searchParams.get('post_logout_redirect_uri')).toBe(`${PUBLIC_URL}/logout`);
    const hint = decodeJwt(there.searchParams.get('id_token_hint') ?? '');
    expect(hint).toMatchObject({ sub: 'grace-1', aud: 'roomkey' });
    const again = app.visitor();
    again.cookies.set('__Host-roomkey', before);
    expect((await again.get('/account')).status).toBe(303);
  });

  it('ends here alone where the upstream is not told, or is down', async () => {
    const quiet = await signedInThere(false);
    expect(await quiet.visitor.submit('/logout', {}, { page: '/account' })).toMatchObject({
      status: 303,
      location: '/logout',
    });
    const { visitor, provider, app } = await signedInThere();
    provider.wrongs.down = true;
    app.clock.advance(601);
    const answer = await visitor.submit('/logout', {}, { page: '/account' });
    expect(answer).toMatchObject({ status: 303, location: '/logout' });
    expect(visitor.cookies.has('__Host-roomkey')).toBe(false);
  });

  it('goes nowhere else for who signed in with a password', async () => {
    const { app } = await companyApp({ signOut: true });
    const { visitor } = await app.signedIn('ada');
    const answer = await visitor.submit('/logout', {}, { page: '/account' });
    expect(answer.location).toBe('/logout');
  });

  it('asked for by Jitsi ends at the Jitsi server', async () => {
    const { visitor } = await signedInThere();
    const { location = '' } = await visitor.get('/jitsi/logout');
    const there = new URL(location);
    const state = there.searchParams.get('state') ?? '';
    const back = await visitor.get(`/logout?${new URLSearchParams({ state }).toString()}`);
    expect(back).toMatchObject({ status: 303, location: 'https://meet.example.org/' });
  });

  it('leads nobody to a place that is not configured', async () => {
    const { app } = await companyApp();
    const evil = 'https://evil.example/';
    const states = [
      { slug: 'none' },
      { slug: 'main', clientId: 'jitsi', address: evil },
      { slug: 'main', address: evil },
      { slug: 'main', serverUrl: evil },
      evil,
    ].map((place) => encodeReturn(place as never));
    for (const state of [...states, evil, '//evil.example', 'x', '%00']) {
      const query = new URLSearchParams({ state }).toString();
      const answer = await app.visitor().get(`/logout?${query}`);
      expect(answer.location).toBeUndefined();
      expect(answer.status).toBe(200);
    }
  });
});

describe('the OpenID provider behind an upstream', () => {
  async function realm() {
    const ground = await companyApp({ signOut: true });
    const { app } = ground;
    await keepLocalForAdministrators(app);
    await app.addIssuer({ slug: 'club', clients: [jitsiClient()], useRule: '1' });
    const config = await discover(app, { slug: 'club' });
    return { ...ground, config, visitor: app.visitor() };
  }

  /** Follows redirects through us and the provider until they leave both. */
  async function follow(
    { visitor, provider }: Pick<Awaited<ReturnType<typeof realm>>, 'visitor' | 'provider'>,
    url: URL,
  ) {
    let next = url;
    const browser = provider.browser();
    for (let step = 0; step < 20; step++) {
      if (next.origin === provider.issuer) next = await provider.pass(next.href, browser);
      if (next.origin !== PUBLIC_URL) return next;
      const answer = await visitor.get(next.pathname + next.search);
      if (answer.location === undefined)
        throw new Error(`${next.href}: ${answer.status} ${answer.text}`);
      next = new URL(answer.location, PUBLIC_URL);
    }
    throw new Error('a redirect without end');
  }

  it('signs people in there, and gives Jitsi its token', async () => {
    const { config, ...ground } = await realm();
    const asked = await ask(config);
    const callback = await follow(ground, asked.url);
    expect(callback.href.startsWith(SSO)).toBe(true);
    const tokens = await redeem({ ...asked, config, callback });
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      room: 'standup',
      context: { user: { name: 'Grace Hopper' } },
    });
    expect(tokens.claims()?.amr).toEqual(['mfa']);
  });

  it.each([
    ['prompt=login', { prompt: 'login' }],
    ['max_age', { max_age: '10' }],
  ])(
    'has a sign-in that is older than asked proved there once more, by %s',
    async (_, parameters) => {
      const { config, ...ground } = await realm();
      await follow(ground, (await ask(config)).url);
      await ground.app.database.knex.raw(
        "update sessions set authenticated_at = authenticated_at - interval '1 minute'",
      );
      const before = ground.visitor.cookies.get('__Host-roomkey');
      // Ours stands still while the library's goes on.
      syncClock(ground.app);
      ground.app.clock.advance(20);
      const asked = await ask(config, parameters);
      const question: string[] = [];
      const { visitor } = ground;
      const seen = {
        ...visitor,
        get: async (path: string) => {
          const answer = await visitor.get(path);
          question.push(answer.location ?? '');
          return answer;
        },
      };
      const end = await follow({ ...ground, visitor: seen }, asked.url);
      expect(end.href.startsWith(SSO)).toBe(true);
      const there =
        question.find((location) => location.startsWith(`${ground.provider.issuer}/auth`)) ?? '';
      expect(Object.fromEntries(new URL(there).searchParams)).toMatchObject({
        prompt: 'login',
        max_age: '0',
      });
      // The sign-in goes on, as what the client began with it must; its secret does not.
      expect(ground.visitor.cookies.get('__Host-roomkey')).not.toBe(before);
      expect(await ground.app.database.knex('sessions')).toHaveLength(1);
    },
  );

  it('ends a sign-in there too, and then where the client wants', async () => {
    const { config, ...ground } = await realm();
    const asked = await ask(config);
    const callback = await follow(ground, asked.url);
    const { id_token: hint = '' } = await redeem({ ...asked, config, callback });
    const query = new URLSearchParams({
      id_token_hint: hint,
      post_logout_redirect_uri: LOGOUT_PAGE,
      state: 'mine',
    }).toString();
    const path = `/realms/club/protocol/openid-connect/logout?${query}`;
    const { location = '' } = await ground.visitor.get(path, { 'Sec-Fetch-Dest': 'document' });
    const there = new URL(location);
    expect(there.origin).toBe(ground.provider.issuer);
    const state = there.searchParams.get('state') ?? '';
    const back = await ground.visitor.get(`/logout?${new URLSearchParams({ state }).toString()}`);
    expect(back.location).toBe(`${LOGOUT_PAGE}?state=mine`);
  });

  it('leads a hidden frame nowhere else', async () => {
    const { config, ...ground } = await realm();
    const asked = await ask(config);
    const callback = await follow(ground, asked.url);
    const { id_token: hint = '' } = await redeem({ ...asked, config, callback });
    const query = new URLSearchParams({
      id_token_hint: hint,
      post_logout_redirect_uri: LOGOUT_PAGE,
    }).toString();
    const path = `/realms/club/protocol/openid-connect/logout?${query}`;
    const framed = await ground.visitor.get(path, { 'Sec-Fetch-Dest': 'iframe' });
    expect(framed.location).toBe(LOGOUT_PAGE);
    expect(pathOf((await ground.visitor.get('/account')).location)).toContain('/login');
  });
});
