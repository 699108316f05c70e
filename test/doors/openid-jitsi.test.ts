import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { prosodyCrypto } from '../../src/crypto/prosody-signatures.ts';
import { hostWithKeyServer } from '../../src/domain/prosody/presets.ts';
import { verifyAsProsody } from '../../src/domain/prosody/verify.ts';
import { PUBLIC_URL, testApp } from '../support/app.ts';
import {
  authorize,
  discover,
  headerOf,
  jitsiClient,
  payloadOf,
  redeem,
  roomState,
  syncClock,
  type TestApp,
} from '../support/relying-party.ts';

const REALM = `${PUBLIC_URL}/realms/main`;
const CERTS = '/realms/main/protocol/openid-connect/certs';

let app: TestApp;
beforeAll(async () => {
  app = await testApp();
  syncClock(app);
  await app.addIssuer({
    useRule: "inGroup('staff')",
    moderatorRule: "inGroup('chairs')",
    sub: 'tenant',
    clients: [jitsiClient(), jitsiClient({ clientId: 'hall', anyRoom: true, audience: 'account' })],
  });
  await app.person('ada', ['staff', 'chairs']);
  await app.person('bob', ['staff']);
  await app.person('eve', []);
});

interface Join {
  readonly token: string;
  readonly room: string;
  readonly tenant?: string;
  readonly aud?: string;
}

/** Prosody with the keys of the realm and the Jitsi door, as the handbook's variant sets it up. */
async function judge({ token, room, tenant, aud = 'jitsi' }: Join) {
  const list = await fetch(app.base + CERTS);
  const files = app.catalog.current().bySlug.get('main')?.asapFiles;
  const host = hostWithKeyServer({
    iss: REALM,
    aud,
    cacheKeysUrl: { status: list.status, body: await list.text() },
    asapKeyServer: (file) => {
      const body = files?.get(file);
      return body ? { status: 200, body: body.toString() } : { status: 404, body: 'no' };
    },
  });
  const join = { room, ...(tenant === undefined ? {} : { tenant }) };
  const verified = { ...host, enableDomainVerification: tenant !== undefined };
  return verifyAsProsody({
    token,
    host: verified,
    join,
    now: app.clock.now(),
    crypto: prosodyCrypto,
  });
}

describe('a Jitsi client', () => {
  it('gets a Jitsi token for the room of its state, which Prosody takes', async () => {
    const config = await discover(app);
    const flow = await authorize(config, app.visitor(), { username: 'ada' });
    const tokens = await redeem(flow);
    expect(headerOf(tokens.access_token)).toMatchObject({ typ: 'JWT', alg: 'RS256' });
    const claims = payloadOf(tokens.access_token);
    expect(claims).toMatchObject({
      iss: REALM,
      aud: 'jitsi',
      room: 'standup',
      context: { user: { affiliation: 'owner', name: 'Ada Lovelace' } },
    });
    expect(tokens.expires_in).toBe(300);
    expect(flow.callback.searchParams.get('iss')).toBe(REALM);
    expect(tokens.claims()).toMatchObject({ iss: REALM, aud: 'jitsi', nonce: flow.nonce });

    const verdict = await judge({ token: tokens.access_token, room: 'standup' });
    expect(verdict).toMatchObject({ verdict: 'accepted', affiliation: 'owner' });
    const elsewhere = await judge({ token: tokens.access_token, room: 'boardroom' });
    expect(elsewhere.verdict).not.toBe('accepted');
  });

  it('takes the role from the rules, and lets nobody in whom they keep out', async () => {
    const config = await discover(app);
    const bob = await redeem(await authorize(config, app.visitor(), { username: 'bob' }));
    expect(payloadOf(bob.access_token)).toMatchObject({
      context: { user: { affiliation: 'member', moderator: 'false' } },
    });

    const { callback } = await authorize(config, app.visitor(), { username: 'eve' });
    expect(callback.searchParams.get('error')).toBe('access_denied');
    expect(callback.searchParams.get('error_description')).toMatch(
      /use_rule_false \(reference \w{8}\)/,
    );
    const [event] = await app.stores.auditEvents.list({ limit: 1 });
    expect(event).toMatchObject({ type: 'token.denied', actorName: 'eve', room: 'standup' });
  });

  it('carries room and tenant through code and refresh, and both tokens come each time', async () => {
    const config = await discover(app);
    const state = roomState('Café Grün', { tenant: 'Acme' });
    const flow = await authorize(config, app.visitor(), { username: 'ada', parameters: { state } });
    expect(flow.callback.searchParams.get('state')).toBe(state);
    const first = await redeem(flow);
    app.clock.advance(2);
    const second = await openid.refreshTokenGrant(config, first.refresh_token ?? '');
    for (const tokens of [first, second]) {
      const claims = payloadOf(tokens.access_token);
      expect(claims).toMatchObject({ room: 'caf%c3%a9%20gr%c3%bcn', sub: 'acme' });
      const verdict = await judge({
        token: tokens.access_token,
        room: String(claims.room),
        tenant: 'acme',
      });
      expect(verdict.verdict).toBe('accepted');
      expect(tokens.id_token && payloadOf(tokens.id_token).nonce).toBe(flow.nonce);
    }
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect(payloadOf(second.access_token).jti).not.toBe(payloadOf(first.access_token).jti);
  });

  it.each([
    ['no state', { state: '' }],
    ['a state without a room', { state: '{"tenant":"acme"}' }],
    ['a state that is no JSON', { state: 'x' }],
    ['a room that is a path', { state: roomState('a/b') }],
    ['a wildcard', { state: JSON.stringify({ roomSafe: '*' }) }],
    ['a tenant that is none', { state: roomState('a', { tenant: '../x' }) }],
    ['another resource', { resource: 'urn:roomkey:room:e30' }],
  ])('is refused with %s', async (_what, parameters) => {
    const config = await discover(app);
    const { callback } = await authorize(config, app.visitor(), { username: 'ada', parameters });
    expect(callback.searchParams.get('error')).toMatch(/^invalid_(request|target)$/);
    expect(callback.searchParams.get('code')).toBeNull();
  });

  it('opens every room when it is set up so, under its own audience', async () => {
    const config = await discover(app, { clientId: 'hall' });
    const flow = await authorize(config, app.visitor(), {
      username: 'bob',
      parameters: { state: '{}' },
    });
    const { access_token: token } = await redeem(flow);
    expect(payloadOf(token)).toMatchObject({ room: '*', aud: 'account' });
    expect((await judge({ token, room: 'anything', aud: 'account' })).verdict).toBe('accepted');
  });

  it('writes each token down with the client', async () => {
    const config = await discover(app);
    await redeem(await authorize(config, app.visitor(), { username: 'ada' }));
    const [event] = await app.stores.auditEvents.list({ limit: 1 });
    expect(event).toMatchObject({
      type: 'token.issued',
      actorName: 'ada',
      room: 'standup',
      role: 'moderator',
      details: { clientId: 'jitsi' },
    });
  });
});

describe('one sign-in', () => {
  it('serves every client, every issuer and the Jitsi door', async () => {
    await app.addIssuer({ slug: 'second', iss: 'https://x.example', clients: [jitsiClient()] });
    const { visitor } = await app.signedIn('grace', ['staff']);
    for (const slug of ['main', 'second']) {
      const { callback } = await authorize(await discover(app, { slug }), visitor);
      expect(callback.searchParams.get('code')).not.toBeNull();
    }
    expect((await visitor.get('/jitsi/login?room=a')).location).toMatch(/^https:\/\/meet/);
  });

  it('is asked for nothing when a page renews silently, and is refused when there is none', async () => {
    const config = await discover(app);
    const { visitor } = await app.signedIn('silent', ['staff']);
    const fine = await authorize(config, visitor, { parameters: { prompt: 'none' } });
    expect(fine.callback.searchParams.get('code')).not.toBeNull();
    const none = await authorize(config, app.visitor(), { parameters: { prompt: 'none' } });
    expect(none.callback.searchParams.get('error')).toBe('login_required');
  });

  it('shows no cookie of the library’s to the browser, and believes none of it', async () => {
    const { visitor } = await app.signedIn('cookies', ['staff']);
    const before = [...visitor.cookies.keys()];
    await authorize(await discover(app), visitor);
    expect([...visitor.cookies.keys()]).toEqual(before);

    const stranger = app.visitor();
    stranger.cookies.set('roomkey-portal', '1');
    const { callback } = await authorize(await discover(app), stranger, {
      parameters: { prompt: 'none' },
    });
    expect(callback.searchParams.get('error')).toBe('login_required');
  });
});
