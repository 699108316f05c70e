/**
 * What a person came with, and still has after the way through an upstream: room, tenant, settings
 * of the meeting, the app; and of an OpenID client its request.
 *
 * @module
 */
import { decodeJwt } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { PUBLIC_URL } from '../support/app.ts';
import { ask, discover, jitsiClient, redeem } from '../support/relying-party.ts';
import type { Answer, Visitor } from '../support/visitor.ts';
import {
  addUpstream,
  CALLBACK,
  companyApp,
  keepLocalForAdministrators,
  pathOf,
} from './upstream-ground.ts';

const MEET = 'https://meet.example.org';
/** As jitsi-meet builds it (`_getTokenAuthState`). */
const STATE = {
  room: 'Café Réunion',
  roomSafe: 'caf%c3%a9%20r%c3%a9union',
  tenant: 'acme',
  'config.startWithAudioMuted': true,
  'config.prejoinConfig.enabled': false,
  'interfaceConfig.VIDEO_LAYOUT_FIT': 'height',
  'config.tokenAuthUrl': 'https://evil.example/',
};
const stateOf = (more: Record<string, unknown> = {}) =>
  encodeURIComponent(JSON.stringify({ ...STATE, ...more }));
const ROOM = 'Caf%C3%A9%20R%C3%A9union';

let ground: Awaited<ReturnType<typeof companyApp>>;
beforeAll(async () => {
  ground = await companyApp({ signOut: true });
  await keepLocalForAdministrators(ground.app);
});

interface Trip {
  readonly end: Answer;
  /** Every address the browser was sent to. */
  readonly passed: readonly URL[];
}

/** Follows every redirect, of us and of the provider, until there is a page or another host. */
async function travel(visitor: Visitor, start: string): Promise<Trip> {
  const { provider } = ground;
  const browser = provider.browser();
  const passed: URL[] = [];
  let end = await visitor.get(start);
  while (end.location !== undefined && passed.length < 20) {
    let next = new URL(end.location, PUBLIC_URL);
    passed.push(next);
    if (next.origin === provider.issuer) next = await provider.pass(next.href, browser);
    if (next.origin !== PUBLIC_URL) break;
    end = await visitor.get(pathOf(next.href));
  }
  return { end, passed };
}

const atProvider = ({ passed }: Trip) =>
  passed.find(({ origin }) => origin === ground.provider.issuer);

describe('the way from Jitsi through an upstream into the room', () => {
  it.each([
    ['/jitsi/login', `/jitsi/login?room=${ROOM}&state=${stateOf()}`],
    ['/jitsi/login without a room of its own', `/jitsi/login?state=${stateOf()}`],
    ['/room/{room}', `/room/${ROOM}?state=${stateOf()}`],
    ['/oidc/auth?roomname=', `/oidc/auth?roomname=${ROOM}&state=${stateOf()}`],
    ['/oidc/auth?state=', `/oidc/auth?state=${stateOf()}`],
    ['/authenticate', `/authenticate?state=${stateOf()}&room=${ROOM}`],
  ])('keeps room, tenant and settings by %s', async (_, start) => {
    const trip = await travel(ground.app.visitor(), start);
    expect(atProvider(trip)?.pathname).toBe('/auth');
    const url = new URL(trip.end.location ?? '');
    expect(url.origin + url.pathname).toBe(`${MEET}/acme/${ROOM}`);
    expect(decodeJwt(url.searchParams.get('jwt') ?? '')).toMatchObject({
      room: STATE.roomSafe,
      context: { user: { name: 'Grace Hopper' } },
    });
    const settings = Object.fromEntries(new URLSearchParams(url.hash.slice(1)));
    expect(settings).toEqual({
      'config.startWithAudioMuted': 'true',
      'config.prejoinConfig.enabled': 'false',
      'interfaceConfig.VIDEO_LAYOUT_FIT': '"height"',
    });
  });

  it.each([
    ['ios', 'org.jitsi.meet:'],
    ['android', 'intent:'],
    ['electron', 'jitsi-meet:'],
  ])('returns to the app %s, which opened a browser', async (app, scheme) => {
    const start = `/jitsi/login?room=${ROOM}&state=${stateOf({ [app]: true })}`;
    const { end } = await travel(ground.app.visitor(), start);
    expect(end.status).toBe(200);
    const [, href = ''] = new RegExp(`href="(${scheme}//[^"]*)"`).exec(end.text) ?? [];
    expect(href).toContain(`meet.example.org/acme/${ROOM}?jwt=`);
    expect(href).toContain('config.startWithAudioMuted=true');
  });

  it('tells the provider nothing of all this', async () => {
    const start = `/jitsi/login?room=${ROOM}&state=${stateOf({ ios: true })}`;
    const { searchParams: told } = atProvider(await travel(ground.app.visitor(), start)) ?? {};
    // These three are chance alone.
    for (const random of ['state', 'nonce', 'code_challenge']) told?.delete(random);
    expect(Object.fromEntries(told ?? [])).toEqual({
      client_id: 'roomkey',
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope: 'openid profile email',
      code_challenge_method: 'S256',
    });
  });

  it('is kept through a refusal, too', async () => {
    const visitor = ground.app.visitor();
    const start = `/jitsi/login?room=${ROOM}&state=${stateOf()}`;
    ground.provider.wrongs.error = 'access_denied';
    const refused = await travel(visitor, start);
    ground.provider.wrongs.error = undefined;
    expect(refused.end.status).toBe(403);
    const [, retry = ''] = /href="(\/upstream\/company\/login[^"]*)"/.exec(refused.end.text) ?? [];
    const { end } = await travel(visitor, retry.replaceAll('&amp;', '&'));
    expect(end.location).toContain(`${MEET}/acme/${ROOM}?jwt=`);
  });
});

describe('the way of an OpenID client through an upstream', () => {
  async function realm(slug: string) {
    await ground.app.addIssuer({ slug, clients: [jitsiClient()], useRule: '1' });
    return { config: await discover(ground.app, { slug }), visitor: ground.app.visitor() };
  }

  it('suggests there whom the client suggests', async () => {
    const { config, visitor } = await realm('hinted');
    const asked = await ask(config, { login_hint: 'grace@company.example' });
    const trip = await travel(visitor, pathOf(asked.url.href));
    expect(atProvider(trip)?.searchParams.get('login_hint')).toBe('grace@company.example');
    expect(trip.end.location).toContain('code=');
  });

  it('goes nowhere with prompt=none, before and after a sign-in there', async () => {
    const { config, visitor } = await realm('silent');
    const early = await ask(config, { prompt: 'none' });
    const refused = await travel(visitor, pathOf(early.url.href));
    expect(new URL(refused.end.location ?? '').searchParams.get('error')).toBe('login_required');
    expect(atProvider(refused)).toBeUndefined();

    await travel(visitor, pathOf((await ask(config)).url.href));
    const asked = await ask(config, { prompt: 'none' });
    const silent = await travel(visitor, pathOf(asked.url.href));
    expect(atProvider(silent)).toBeUndefined();
    const callback = new URL(silent.end.location ?? '');
    const tokens = await redeem({ ...asked, config, callback });
    expect(decodeJwt(tokens.access_token)).toMatchObject({ room: 'standup' });
  });

  it('has a sign-in proved once more there by prompt=login, and believes no old one', async () => {
    const { config, visitor } = await realm('anew');
    await travel(visitor, pathOf((await ask(config)).url.href));
    await ground.app.database.knex.raw(
      "update sessions set authenticated_at = authenticated_at - interval '10 minutes'",
    );
    ground.provider.wrongs.idToken = (claims) => ({ ...claims, auth_time: 1_700_000_000 });
    const asked = await ask(config, { prompt: 'login' });
    const trip = await travel(visitor, pathOf(asked.url.href));
    ground.provider.wrongs.idToken = undefined;
    expect(atProvider(trip)?.searchParams.get('max_age')).toBe('0');
    expect(trip.end.status).toBe(502);
    expect(trip.end.location).toBeUndefined();
  });
});

describe('the upstream that an address of the Jitsi server names', () => {
  it('is the one people are led to, past the choice', async () => {
    const { app } = ground;
    const second = await addUpstream(app, ground.provider, { slug: 'school', name: 'School' });
    const start = '/jitsi/login?room=a&upstream=company';
    const asked = await app.visitor().get(start);
    expect(asked.location).toBe('/login?returnTo=%2Fjitsi%2Flogin%3Froom%3Da&upstream=company');
    const { end } = await travel(app.visitor(), start);
    expect(end.location).toContain(`${MEET}/a?jwt=`);
    expect((await travel(app.visitor(), '/jitsi/login?room=a')).end.status).toBe(200);
    expect((await travel(app.visitor(), '/room/a?upstream=gone')).end.status).toBe(200);
    await app.database.knex('upstreams').where({ id: second.id }).del();
  });
});

describe('an administrator without a password of their own', () => {
  it('proves an old sign-in anew at the directory, and changes what matters', async () => {
    const { app } = ground;
    const visitor = app.visitor();
    await travel(visitor, '/upstream/company/login?returnTo=%2Faccount');
    await app.database.knex('users').where({ username: 'grace' }).update({ role: 'administrator' });
    await app.database.knex.raw(
      "update sessions set authenticated_at = authenticated_at - interval '20 minutes'",
    );
    const page = '/admin/api-keys/new';
    const old = await visitor.get(page);
    expect(old.text).toContain('name="confirmPassword"');
    expect(old.text).toContain('href="/account/ways-in"');
    const { text } = await visitor.get('/account/ways-in');
    const [, there = ''] = /class="button" href="(\/upstream\/[^"]*)"/.exec(text) ?? [];
    const { end } = await travel(visitor, there.replaceAll('&amp;', '&'));
    expect(end.status).toBe(200);
    expect((await visitor.get(page)).text).not.toContain('name="confirmPassword"');
  });
});
