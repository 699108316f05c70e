/**
 * Ordinary clients: a wiki next to the meetings.
 *
 * @module
 */
import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Issuer } from '../../src/domain/issuer.ts';
import { PUBLIC_URL, testApp } from '../support/app.ts';
import {
  ask,
  authorize,
  discover,
  jitsiClient,
  payloadOf,
  redeem,
  syncClock,
  type TestApp,
  walk,
  WIKI,
  wikiClient,
  WIKI_SECRET,
} from '../support/relying-party.ts';
import { PASSWORD } from '../support/world.ts';

let app: TestApp;
let issuer: Issuer;
beforeAll(async () => {
  app = await testApp();
  syncClock(app);
  const own = { redirectUris: [WIKI] };
  issuer = await app.addIssuer({
    useRule: "inGroup('staff')",
    clients: [
      jitsiClient(),
      wikiClient(),
      wikiClient({ ...own, clientId: 'public', auth: 'none', firstParty: false }),
    ],
  });
  const place = { issuerId: issuer.id, clientId: 'wiki' };
  await app.stores.clients.setSecret(place, WIKI_SECRET, app.clock.now());
  await app.stores.catalogVersion.bump();
  await app.catalog.refresh();
});

const wiki = (secret = WIKI_SECRET) =>
  discover(app, { clientId: 'wiki', auth: openid.ClientSecretBasic(secret) });
const asWiki = { redirect_uri: WIKI, state: 'x' };

/** As if the person had signed in so long ago. */
async function ageSignIn(userId: string, seconds: number): Promise<void> {
  const now = app.clock.now();
  const sessions = await app.stores.sessions.listOfUser(userId, now);
  for (const { id } of sessions)
    await app.stores.sessions.confirm(id, new Date(now.getTime() - seconds * 1000));
}

describe('pushed requests', () => {
  it('work, once', async () => {
    const { visitor } = await app.signedIn('pusher', ['staff']);
    const config = await wiki();
    const asked = await ask(config, asWiki);
    const url = await openid.buildAuthorizationUrlWithPAR(config, asked.url.searchParams);
    expect(url.search).not.toContain('redirect_uri');
    const answer = await walk(visitor, url);
    const callback = new URL(answer.location ?? '');
    const tokens = await redeem({ ...asked, config, callback, state: 'x' });
    expect(payloadOf(tokens.access_token).aud).toBe('wiki');
    const again = await visitor.get(url.pathname + url.search);
    expect(again.location ?? '').not.toContain('code=');
  });

  it('give one code to fifty who come at once', async () => {
    const { visitor } = await app.signedIn('racer', ['staff']);
    const config = await wiki();
    const asked = await ask(config, asWiki);
    const url = await openid.buildAuthorizationUrlWithPAR(config, asked.url.searchParams);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => visitor.get(url.pathname + url.search)),
    );
    expect(answers.filter(({ location }) => location?.includes('code='))).toHaveLength(1);
  });
});

describe('what a client asks of the sign-in', () => {
  it('prompt=login and an age that is over ask for the password again', async () => {
    const { visitor, user } = await app.signedIn('again', ['staff']);
    const config = await wiki();
    for (const parameters of [
      { ...asWiki, prompt: 'login' },
      { ...asWiki, max_age: '0' },
    ]) {
      await ageSignIn(user.id, 60);
      const asked = await ask(config, parameters);
      const { location = '' } = await visitor.get(asked.url.pathname + asked.url.search);
      const path = location.replace(PUBLIC_URL, '');
      const page = await visitor.get(path);
      expect(page.text).toContain('name="password"');
      const wrong = await visitor.submit(path, { password: 'nonsense' }, { page: path });
      expect(wrong.status).toBe(403);
      app.clock.advance(1);
      syncClock(app);
      const right = await visitor.submit(path, { password: PASSWORD }, { page: path });
      const answer = await walk(visitor, new URL(right.location ?? '', PUBLIC_URL));
      const callback = new URL(answer.location ?? '');
      const tokens = await redeem({ ...asked, config, callback, state: 'x' });
      expect(tokens.claims()?.auth_time).toBeTypeOf('number');
    }
  });

  it('max_age is fine while it is young, and prompt=none says when it is not', async () => {
    const { visitor, user } = await app.signedIn('young', ['staff']);
    const config = await wiki();
    const fine = await authorize(config, visitor, { parameters: { ...asWiki, max_age: '3600' } });
    expect(fine.callback.searchParams.get('code')).not.toBeNull();
    const parameters = { ...asWiki, prompt: 'none', max_age: '30' };
    await ageSignIn(user.id, 60);
    const old = await authorize(config, visitor, { parameters });
    expect(old.callback.searchParams.get('error')).toBe('login_required');
  });

  it('login_hint and ui_locales reach the form', async () => {
    const visitor = app.visitor();
    const parameters = { ...asWiki, login_hint: 'ada@example.org', ui_locales: 'fr de' };
    const { url } = await ask(await wiki(), parameters);
    const { text } = await walk(visitor, url);
    expect(text).toContain('value="ada@example.org"');
    expect(text).toContain('<html lang="de">');
  });

  it('id_token_hint of a retired key counts, and another person’s leads to nobody', async () => {
    const { visitor } = await app.signedIn('hinted', ['staff']);
    const config = await wiki();
    const { id_token: hint = '' } = await redeem(
      await authorize(config, visitor, { parameters: asWiki }),
    );
    const { rotateIssuerKeys } = await import('../../src/operations/issuer-keys.ts');
    const { SYSTEM } = await import('../../src/operations/actor.ts');
    await rotateIssuerKeys(app, { slug: 'main', force: true, ring: 'oidc', actor: SYSTEM });
    await app.catalog.refresh();
    const parameters = { ...asWiki, prompt: 'none', id_token_hint: hint };
    const own = await authorize(config, visitor, { parameters });
    expect(own.callback.searchParams.get('code')).not.toBeNull();
    const other = await app.signedIn('unhinted', ['staff']);
    const theirs = await authorize(config, other.visitor, { parameters });
    expect(theirs.callback.searchParams.get('error')).toBe('login_required');
    const loud = await authorize(config, other.visitor, {
      parameters: { ...asWiki, id_token_hint: hint },
    });
    expect(loud.callback.searchParams.get('error')).toBe('login_required');
  });
});

describe('consent', () => {
  const ASKED = { redirect_uri: WIKI, state: 'x', scope: 'openid email' };
  const pathOf = (location: string | undefined) => (location ?? '').replace(PUBLIC_URL, '');

  it('is asked once of whoever uses a client of others, and is theirs to take back', async () => {
    const { visitor } = await app.signedIn('careful', ['staff']);
    const config = await discover(app, { clientId: 'public' });
    const asked = await ask(config, ASKED);
    const first = await visitor.get(asked.url.pathname + asked.url.search);
    const path = pathOf(first.location);
    const page = await visitor.get(path);
    expect(page.text).toContain('your e-mail address');
    expect(page.text).not.toContain('the groups you are in');
    expect(page.text).toContain('wiki.example.org');

    const denied = await visitor.submit(path, { decision: 'deny' }, { page: path });
    const refusal = await walk(visitor, new URL(denied.location ?? '', PUBLIC_URL));
    expect(new URL(refusal.location ?? '').searchParams.get('error')).toBe('access_denied');

    const next = await ask(config, ASKED);
    const begun = await visitor.get(next.url.pathname + next.url.search);
    const allowed = await visitor.submit(
      pathOf(begun.location),
      { decision: 'allow' },
      { page: pathOf(begun.location) },
    );
    const answer = await walk(visitor, new URL(allowed.location ?? '', PUBLIC_URL));
    const tokens = await redeem({ ...next, config, callback: new URL(answer.location ?? '') });
    const again = await authorize(config, visitor, { parameters: { ...ASKED, prompt: 'none' } });
    expect(again.callback.searchParams.get('code')).not.toBeNull();
    const more = await authorize(config, visitor, {
      parameters: { ...ASKED, prompt: 'none', scope: 'openid groups' },
    });
    expect(more.callback.searchParams.get('error')).toBe('consent_required');

    const list = await visitor.get('/account/applications');
    expect(list.text).toContain('The wiki');
    await visitor.submit(
      '/account/applications/withdraw',
      { issuer: 'main', clientId: 'public' },
      { page: '/account/applications' },
    );
    await expect(openid.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toThrow();
    const after = await authorize(config, visitor, { parameters: { ...ASKED, prompt: 'none' } });
    expect(after.callback.searchParams.get('error')).toBe('consent_required');
    const types = (await app.stores.auditEvents.list({ limit: 20 })).map(({ type }) => type);
    expect(types).toContain('consent.given');
    expect(types).toContain('consent.withdrawn');
  });

  it('cannot be given for somebody by a page of others', async () => {
    const { visitor } = await app.signedIn('framed', ['staff']);
    const { url } = await ask(await discover(app, { clientId: 'public' }), ASKED);
    const { location } = await visitor.get(url.pathname + url.search);
    const path = pathOf(location);
    const forged = await visitor.submit(
      path,
      { decision: 'allow' },
      {
        page: path,
        headers: { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' },
      },
    );
    expect(forged.status).toBe(403);
    expect((await visitor.get(path)).headers.get('X-Frame-Options')).toBe('DENY');
  });
});

describe('a change of clients', () => {
  it('holds at the next request', async () => {
    const { visitor } = await app.signedIn('watcher', ['staff']);
    const change = async (clients: Issuer['clients']) => {
      const now = await app.stores.issuers.findBySlug('main');
      await app.stores.issuers.update({ ...now!, clients }, undefined, app.clock.now());
      await app.stores.catalogVersion.bump();
    };
    const added = wikiClient({ clientId: 'late', auth: 'none' });
    await change([...issuer.clients, added]);
    await visitor.get('/account');
    const config = await discover(app, { clientId: 'late' });
    const flow = await authorize(config, visitor, { parameters: asWiki });
    await change(issuer.clients);
    await expect(redeem(flow)).rejects.toThrow();
  });
});
