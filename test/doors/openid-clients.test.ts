/**
 * Ordinary clients: a wiki next to the meetings.
 *
 * @module
 */
import { exportJWK, generateKeyPair } from 'jose';
import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Issuer } from '../../src/domain/issuer.ts';
import { verifyAsProsody } from '../../src/domain/prosody/verify.ts';
import { prosodyCrypto } from '../../src/crypto/prosody-signatures.ts';
import { hostWithKeyServer } from '../../src/domain/prosody/presets.ts';
import { PUBLIC_URL, testApp } from '../support/app.ts';
import {
  authorize,
  discover,
  headerOf,
  jitsiClient,
  payloadOf,
  postForm,
  redeem,
  syncClock,
  type TestApp,
  TOKEN,
  WIKI,
  wikiClient,
  WIKI_SECRET,
} from '../support/relying-party.ts';

const REALM = `${PUBLIC_URL}/realms/main`;
const keys = await generateKeyPair('RS256');
const strangers = await generateKeyPair('RS256');

let app: TestApp;
let issuer: Issuer;
beforeAll(async () => {
  app = await testApp();
  syncClock(app);
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  const own = { redirectUris: [WIKI] };
  issuer = await app.addIssuer({
    useRule: "inGroup('staff')",
    clients: [
      jitsiClient(),
      wikiClient(),
      wikiClient({ ...own, clientId: 'post', auth: 'client_secret_post' }),
      wikiClient({ ...own, clientId: 'keyed', auth: 'private_key_jwt', jwks: { keys: [jwk] } }),
      wikiClient({ ...own, clientId: 'public', auth: 'none', firstParty: false }),
    ],
  });
  for (const clientId of ['wiki', 'post'])
    await app.stores.clients.setSecret(
      { issuerId: issuer.id, clientId },
      WIKI_SECRET,
      app.clock.now(),
    );
  await app.stores.catalogVersion.bump();
  await app.catalog.refresh();
});

const wiki = (secret = WIKI_SECRET) =>
  discover(app, { clientId: 'wiki', auth: openid.ClientSecretBasic(secret) });
const asWiki = { redirect_uri: WIKI, state: 'x' };
const ALL = { ...asWiki, scope: 'openid profile email groups attributes' };

describe('an ordinary client', () => {
  it('gets an at+jwt for itself with the claims of its scopes', async () => {
    const { user, visitor } = await app.signedIn('ada', ['staff']);
    const config = await wiki();
    const tokens = await redeem(await authorize(config, visitor, { parameters: ALL }));
    expect(headerOf(tokens.access_token)).toMatchObject({ typ: 'at+jwt', alg: 'RS256' });
    expect(payloadOf(tokens.access_token)).toMatchObject({
      iss: REALM,
      aud: 'wiki',
      client_id: 'wiki',
      sub: user.id,
      name: 'Ada Lovelace',
      preferred_username: 'ada',
      groups: ['staff'],
      attributes: {},
      scope: 'openid profile email groups attributes',
    });
    const few = await redeem(await authorize(config, visitor, { parameters: asWiki }));
    expect(payloadOf(few.access_token)).not.toHaveProperty('name');
    expect(payloadOf(few.access_token)).not.toHaveProperty('groups');
    expect(tokens.claims()).toMatchObject({ sub: user.id, acr: '1', amr: ['pwd'] });
  });

  it('is given no token that Prosody would take', async () => {
    const { visitor } = await app.signedIn('prosody', ['staff']);
    const tokens = await redeem(await authorize(await wiki(), visitor, { parameters: ALL }));
    const list = await fetch(`${app.base}/realms/main/protocol/openid-connect/certs`);
    const cacheKeysUrl = { status: 200, body: await list.text() };
    const asapKeyServer = () => ({ status: 404, body: 'no' });
    const host = hostWithKeyServer({ iss: REALM, aud: 'jitsi', cacheKeysUrl, asapKeyServer });
    for (const token of [tokens.access_token, tokens.id_token ?? '', tokens.refresh_token ?? ''])
      expect(
        verifyAsProsody({
          token,
          host,
          join: { room: 'a' },
          now: app.clock.now(),
          crypto: prosodyCrypto,
        }).verdict,
      ).not.toBe('accepted');
  });

  it('lets in whom the use rule lets in', async () => {
    const { visitor } = await app.signedIn('outsider', []);
    const { callback } = await authorize(await wiki(), visitor, { parameters: asWiki });
    expect(callback.searchParams.get('error')).toBe('access_denied');
  });

  it('asks userinfo, introspection and revocation about its tokens', async () => {
    const { user, visitor } = await app.signedIn('info', ['staff']);
    const config = await wiki();
    const tokens = await redeem(await authorize(config, visitor, { parameters: ALL }));
    expect(await openid.fetchUserInfo(config, tokens.access_token, user.id)).toMatchObject({
      sub: user.id,
      preferred_username: 'info',
      groups: ['staff'],
    });
    const refresh = tokens.refresh_token ?? '';
    expect(await openid.tokenIntrospection(config, refresh)).toMatchObject({
      active: true,
      client_id: 'wiki',
      sub: user.id,
    });
    const auth = openid.ClientSecretPost(WIKI_SECRET);
    const stranger = await discover(app, { clientId: 'post', auth });
    expect((await openid.tokenIntrospection(stranger, refresh)).active).toBe(false);

    await openid.tokenRevocation(config, refresh);
    expect((await openid.tokenIntrospection(config, refresh)).active).toBe(false);
    await expect(openid.fetchUserInfo(config, tokens.access_token, user.id)).rejects.toThrow();
  });

  it.each([
    ['an altered token', (token: string) => `${token.slice(0, -4)}AAAA`],
    [
      'alg none',
      (token: string) =>
        `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${token.split('.')[1]}.`,
    ],
    ['its name alone', (token: string) => String(payloadOf(token).jti)],
    ['no token', () => ''],
  ])('learns nothing at userinfo with %s [RFC 8725]', async (_what, change) => {
    const { visitor } = await app.signedIn(`forger-${app.random.reference()}`, ['staff']);
    const tokens = await redeem(await authorize(await wiki(), visitor, { parameters: ALL }));
    const headers = { Authorization: `Bearer ${change(tokens.access_token)}` };
    const path = '/realms/main/protocol/openid-connect/userinfo';
    expect((await fetch(app.base + path, { headers })).status).toBeGreaterThanOrEqual(400);
    const fine = await fetch(app.base + path, {
      headers: { Authorization: `Bearer ${tokens.access_token}` },
    });
    expect(fine.status).toBe(200);
    const inQuery = await fetch(`${app.base}${path}?access_token=${tokens.access_token}`);
    expect(inQuery.status).toBeGreaterThanOrEqual(400);
  });

  it('learns nothing more of somebody who signed out or was shut out', async () => {
    const { user, visitor } = await app.signedIn('gone', ['staff']);
    const config = await wiki();
    const tokens = await redeem(await authorize(config, visitor, { parameters: ALL }));
    await visitor.submit('/logout', {}, { page: '/account' });
    await expect(openid.fetchUserInfo(config, tokens.access_token, user.id)).rejects.toThrow();
    await expect(openid.refreshTokenGrant(config, tokens.refresh_token ?? '')).rejects.toThrow();
  });

  it('refreshes, and learns then what is true then', async () => {
    const { user, visitor } = await app.signedIn('renamed', ['staff']);
    const config = await wiki();
    const tokens = await redeem(await authorize(config, visitor, { parameters: ALL }));
    await app.stores.users.update({ ...user, displayName: 'Countess' }, app.clock.now());
    const later = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '');
    expect(payloadOf(later.access_token)).toMatchObject({ name: 'Countess', aud: 'wiki' });
  });
});

describe('proof of the client', () => {
  const codeFor = async (clientId: string) => {
    const { visitor } = await app.signedIn(`proof-${clientId}-${app.random.reference()}`, [
      'staff',
    ]);
    const config = await discover(app, { clientId });
    return authorize(config, visitor, { parameters: asWiki });
  };

  it('is a secret in the header, in the body, or a key', async () => {
    const ways: readonly [string, openid.ClientAuth][] = [
      ['wiki', openid.ClientSecretBasic(WIKI_SECRET)],
      ['post', openid.ClientSecretPost(WIKI_SECRET)],
      ['keyed', openid.PrivateKeyJwt({ key: keys.privateKey, kid: 'one' })],
    ];
    for (const [clientId, auth] of ways) {
      const flow = await codeFor(clientId);
      const tokens = await redeem({ ...flow, config: await discover(app, { clientId, auth }) });
      expect(payloadOf(tokens.access_token).aud).toBe(clientId);
    }
  });

  it.each([
    ['none', 'wiki', openid.None()],
    ['another secret', 'wiki', openid.ClientSecretBasic('x'.repeat(40))],
    ['another key', 'keyed', openid.PrivateKeyJwt({ key: strangers.privateKey, kid: 'one' })],
    ['a secret in place of a key', 'keyed', openid.ClientSecretPost(WIKI_SECRET)],
    ['a shared-secret signature in place of a key', 'keyed', openid.ClientSecretJwt(WIKI_SECRET)],
  ])('fails with %s', async (_what, clientId, auth) => {
    const flow = await codeFor(clientId);
    await expect(
      redeem({ ...flow, config: await discover(app, { clientId, auth }) }),
    ).rejects.toThrow();
  });

  it('takes an assertion once [RFC 7523]', async () => {
    let sent = new URLSearchParams();
    const auth: openid.ClientAuth = (as, client, body, headers) => {
      const result = openid.PrivateKeyJwt({ key: keys.privateKey, kid: 'one' })(
        as,
        client,
        body,
        headers,
      );
      sent = body;
      return result;
    };
    const flow = await codeFor('keyed');
    await redeem({ ...flow, config: await discover(app, { clientId: 'keyed', auth }) });
    const assertion = sent.get('client_assertion') ?? '';
    const fields = {
      client_assertion: assertion,
      client_assertion_type: sent.get('client_assertion_type') ?? '',
      grant_type: 'refresh_token',
      refresh_token: 'x',
    };
    const answers = await Promise.all([1, 2].map(() => postForm(app, TOKEN, fields)));
    expect(assertion).not.toBe('');
    for (const { json } of answers) expect(json.error).toBe('invalid_client');
  });

  it('goes over to another secret with a day of both', async () => {
    const next = 'the-next-secret-of-at-least-32-chars';
    const place = { issuerId: issuer.id, clientId: 'wiki' };
    await app.stores.clients.setSecret(place, next, app.clock.now());
    await app.stores.catalogVersion.bump();
    for (const secret of [WIKI_SECRET, next]) {
      const flow = await codeFor('wiki');
      await redeem({ ...flow, config: await wiki(secret) });
    }
    app.clock.advance(24 * 3600 + 1);
    const fields = { grant_type: 'refresh_token', refresh_token: 'x' };
    const as = (secret: string) => ({
      Authorization: `Basic ${Buffer.from(`wiki:${secret}`).toString('base64')}`,
    });
    expect((await postForm(app, TOKEN, fields, as(WIKI_SECRET))).json.error).toBe('invalid_client');
    expect((await postForm(app, TOKEN, fields, as(next))).json.error).toBe('invalid_grant');
    await app.stores.clients.setSecret(place, WIKI_SECRET, app.clock.now());
    await app.stores.catalogVersion.bump();
  });
});
