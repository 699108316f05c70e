import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Issuer } from '../../src/domain/issuer.ts';
import { testApp } from '../support/app.ts';
import type { Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const app = await testApp();
let main: Issuer;
let ada: Visitor;
let eve: Visitor;

beforeAll(async () => {
  main = await app.addIssuer({
    useRule: "inGroup('staff')",
    moderatorRule: "inGroup('chairs')",
    rooms: [
      {
        match: 'open-*',
        useRule: '1',
        moderatorRule: undefined,
        features: undefined,
        lobbyBypass: undefined,
      },
    ],
  });
  await app.addIssuer({ slug: 'other', useRule: '1', serverUrl: 'https://other.example/' });
  await app.addIssuer({ slug: 'hash', useRule: '1', delivery: 'fragment', algorithm: 'HS256' });
  await app.addIssuer({ slug: 'bare', useRule: '1', serverUrl: undefined });
  await app.addIssuer({ slug: 'tenants', useRule: '1', sub: 'tenant' });
  ada = (await app.signedIn('ada', ['staff', 'chairs'])).visitor;
  eve = (await app.signedIn('eve', [])).visitor;
});

const tokenIn = (location: string | undefined) =>
  new URL(location ?? '').searchParams.get('jwt') ?? '';
const claimsIn = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

describe('GET /jitsi/login', () => {
  it('sends a signed-out person to sign in, and back to this very room', async () => {
    const answer = await app.visitor().get('/jitsi/login?room=stand-up');
    expect(answer.status).toBe(303);
    const login = new URL(answer.location ?? '', app.base);
    expect(login.pathname).toBe('/login');
    expect(login.searchParams.get('returnTo')).toBe('/jitsi/login?room=stand-up');
  });

  it('sends a person into the room with a token that Prosody takes', async () => {
    const answer = await ada.get('/jitsi/login?room=Café%20Réunion');
    expect(answer.status).toBe(303);
    const url = new URL(answer.location ?? '');
    expect(url.origin + url.pathname).toBe('https://meet.example.org/Caf%C3%A9%20R%C3%A9union');
    expect(app.judge(main, tokenIn(answer.location), 'Café Réunion')).toMatchObject({
      verdict: 'accepted',
      role: 'moderator',
    });
    expect(answer.headers.get('Cache-Control')).toBe('no-store');
    expect(answer.headers.get('Referrer-Policy')).toBe('no-referrer');
  });

  it('refuses whom the rule refuses, with a reference that the log and the audit know', async () => {
    const answer = await eve.get('/jitsi/login?room=secret');
    expect(answer.status).toBe(403);
    expect(answer.text).not.toContain('eyJ');
    const reference = answer.headers.get('X-Request-Id') ?? '-';
    expect(answer.text).toContain(reference);
    expect(app.log()).toContain(reference);
    const [event] = await app.stores.auditEvents.list({ requestId: reference, limit: 1 });
    expect(event).toMatchObject({ type: 'token.denied', room: 'secret', reason: 'use_rule_false' });
  });

  it('lets the first matching room policy decide', async () => {
    const answer = await eve.get('/jitsi/login?room=OPEN-day');
    expect(claimsIn(tokenIn(answer.location))).toMatchObject({
      room: 'open-day',
      context: { user: { affiliation: 'member', moderator: 'false' } },
    });
  });

  it.each([
    ['an issuer nobody made', '/jitsi/nobody/login?room=a', 404],
    ['no room', '/jitsi/login', 400],
    ['an empty room', '/jitsi/login?room=', 400],
    ['a room given twice', '/jitsi/login?room=a&room=b', 400],
    ['a room that is a path', '/jitsi/login?room=a/b', 400],
    ['a room that is a host', '/jitsi/login?room=//evil.example', 400],
    ['a NUL', '/jitsi/login?room=a%00b', 400],
    ['broken encoding in the path', '/jitsi/%E0%A4%A/login?room=a', 400],
    ['a state that is no JSON', '/jitsi/login?room=a&state=nonsense', 400],
    [
      'a tenant that is none',
      `/jitsi/login?room=a&state=${encodeURIComponent('{"tenant":"../x"}')}`,
      400,
    ],
    ['an issuer without a server', '/jitsi/bare/login?room=a', 409],
    ['a slash too many', '/jitsi/login/?room=a', 404],
  ])('answers %s with its status', async (_what, path, status) => {
    expect((await ada.get(path)).status).toBe(status);
  });

  it.each([
    ['a%3Ab', 'a%3ab'],
    ['a:b', 'ab'],
    ['100%25', '100%25'],
    ['a+b', 'a%20b'],
  ])('reads the room %s as jitsi-meet reads it from the path', async (room, safe) => {
    const direct = await ada.get(`/jitsi/login?room=${room}`);
    expect(claimsIn(tokenIn(direct.location)).room).toBe(safe);
    const signIn = await app.visitor().get(`/jitsi/login?room=${room}`);
    const returnTo = new URL(signIn.location ?? '', app.base).searchParams.get('returnTo') ?? '';
    const around = await ada.get(returnTo);
    expect(claimsIn(tokenIn(around.location)).room).toBe(safe);
  });

  it.each(['POST', 'HEAD', 'PUT', 'DELETE'])('mints nothing on %s', async (method) => {
    const answer = await ada.request('/jitsi/login?room=a', { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('Allow')).toContain('GET');
  });

  it('keeps the tenant in the path and, when the issuer says so, in sub', async () => {
    const state = encodeURIComponent(JSON.stringify({ tenant: 'Maths', room: 'ignored' }));
    const answer = await ada.get(`/jitsi/tenants/login?room=lecture&state=${state}`);
    expect(new URL(answer.location ?? '').pathname).toBe('/maths/lecture');
    expect(claimsIn(tokenIn(answer.location))).toMatchObject({ sub: 'maths', room: 'lecture' });
  });

  it('carries the allowed settings of state through the sign-in, and nothing else', async () => {
    const state = JSON.stringify({
      'config.startWithAudioMuted': true,
      'config.tokenAuthUrl': 'https://evil.example/',
      room: 'lecture',
    });
    const first = await app.visitor().get(`/jitsi/login?state=${encodeURIComponent(state)}`);
    const returnTo = new URL(first.location ?? '', app.base).searchParams.get('returnTo') ?? '';
    const answer = await ada.get(returnTo);
    const { hash, pathname } = new URL(answer.location ?? '');
    expect(pathname).toBe('/lecture');
    expect(hash).toContain('config.startWithAudioMuted=true');
    expect(hash).toContain('config.prejoinConfig.enabled=false');
    expect(answer.location).not.toContain('evil');
  });

  it('puts the token into the fragment when the issuer says so', async () => {
    const answer = await ada.get('/jitsi/hash/login?room=a');
    const url = new URL(answer.location ?? '');
    expect(url.search).toBe('');
    const jwt = JSON.parse(decodeURIComponent(/#jwt=([^&]*)/.exec(url.hash)?.[1] ?? '""'));
    expect(claimsIn(jwt).room).toBe('a');
  });

  it.each([
    ['ios', 'org.jitsi.meet://meet.example.org/a?jwt='],
    ['android', 'intent://meet.example.org/a?jwt='],
    ['electron', 'jitsi-meet://meet.example.org/a?jwt='],
  ])('returns to the %s app by a page with a link', async (name, start) => {
    const state = encodeURIComponent(JSON.stringify({ [name]: true }));
    const answer = await ada.get(`/jitsi/login?room=a&state=${state}`);
    expect(answer.status).toBe(200);
    expect(answer.location).toBeUndefined();
    expect(answer.text).toContain(`href="${start}`);
  });

  it('never sends a token anywhere but to the issuer’s server', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        '//evil.example',
        '/\\evil.example',
        'https://evil.example/x',
        '@evil.example',
        '..',
        '.',
        '%2f%2fevil',
        '*',
        'a#b',
        'a?b',
        '．．',
        '／evil',
      ),
    );
    await fc.assert(
      fc.asyncProperty(text, text, async (room, tenant) => {
        const query = new URLSearchParams({ room, state: JSON.stringify({ tenant, room }) });
        const { status, location } = await ada.get(`/jitsi/login?${query.toString()}`);
        if (status === 400) return;
        expect(status).toBe(303);
        expect(location).toMatch(/^https:\/\/meet\.example\.org\//);
        const { room: named } = claimsIn(tokenIn(location));
        expect(named).not.toMatch(/[*/\\?#[\]]/);
      }),
      { numRuns: 150 },
    );
  }, 60_000);
});

describe('the bridges’ addresses', () => {
  it.each([
    '/room/lecture',
    '/oidc/auth?roomname=lecture',
    `/oidc/auth?state=${encodeURIComponent('{"room":"lecture"}')}`,
    `/authenticate?state=${encodeURIComponent('{}')}&room=lecture`,
  ])('%s is /jitsi/login', async (path) => {
    const answer = await ada.get(path);
    expect(answer.status).toBe(303);
    expect(app.judge(main, tokenIn(answer.location), 'lecture').verdict).toBe('accepted');
  });

  it('do not leave the server by an encoded host', async () => {
    const answer = await ada.get('/room/%2F%2Fevil.example');
    expect(answer.status).toBe(400);
  });
});

describe('GET /jitsi/logout', () => {
  it('ends the sign-in and goes back to the Jitsi server', async () => {
    const { visitor } = await app.signedIn('leaver');
    const cookie = new Map(visitor.cookies);
    const answer = await visitor.get('/jitsi/other/logout');
    expect(answer.location).toBe('https://other.example/');
    for (const [name, value] of cookie) visitor.cookies.set(name, value);
    expect((await visitor.get('/jitsi/login?room=a')).location).toMatch(/^\/login\?/);
  });

  it.each([
    ['/jitsi/nobody/logout', 404],
    ['/jitsi/bare/logout', 409],
  ])('%s answers %d', async (path, status) => {
    expect((await app.visitor().get(path)).status).toBe(status);
  });
});

describe('the log', () => {
  it('holds no token, query, cookie or password', async () => {
    const answer = await ada.get('/jitsi/login?room=whispered-room');
    expect(app.log()).not.toContain(tokenIn(answer.location));
    expect(app.log()).not.toContain('whispered-room');
    expect(app.log()).not.toContain(PASSWORD);
    for (const secret of ada.cookies.values()) expect(app.log()).not.toContain(secret);
  });
});
