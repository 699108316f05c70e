/**
 * The OAuth security BCP (RFC 9700) and the JWT BCP (RFC 8725), section by section, where nothing
 * else in this folder holds them: hostile addresses are in `openid-hostile`, races and reuse of
 * codes and refresh tokens in `openid-tokens`.
 *
 * @module
 */
import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeRsaKey } from '../../src/crypto/rsa-key.ts';
import { PUBLIC_URL, testApp } from '../support/app.ts';
import {
  ask,
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
  wikiClient,
  WIKI_SECRET,
} from '../support/relying-party.ts';
import type { Visitor } from '../support/visitor.ts';

const stranger = await makeRsaKey(2048);
const REALM = `${PUBLIC_URL}/realms/main`;
const AT = '/realms/main/protocol/openid-connect';
const BASIC = `Basic ${Buffer.from(`wiki:${WIKI_SECRET}`).toString('base64')}`;

let app: TestApp;
let ada: Visitor;
let adaId: string;
let wiki: openid.Configuration;
let tokens: Awaited<ReturnType<typeof redeem>>;
let privateKey: KeyObject;
let publicPem: string;
beforeAll(async () => {
  app = await testApp();
  syncClock(app);
  const clients = [jitsiClient(), wikiClient()];
  const { id: issuerId } = await app.addIssuer({ clients });
  await app.addIssuer({ slug: 'other', iss: 'https://o.example', clients: [jitsiClient()] });
  const place = { issuerId, clientId: 'wiki' };
  await app.stores.clients.setSecret(place, WIKI_SECRET, app.clock.now());
  await app.stores.catalogVersion.bump();
  await app.catalog.refresh();
  // Before the second of any request: whoever signs in within it has proved it to that request.
  app.clock.advance(-60);
  const { visitor, user } = await app.signedIn('ada');
  app.clock.advance(60);
  [ada, adaId] = [visitor, user.id];
  wiki = await discover(app, { clientId: 'wiki', auth: openid.ClientSecretBasic(WIKI_SECRET) });
  tokens = await redeem(await authorize(wiki, ada));
  const keys = await app.stores.signingKeys.listSigning();
  const key = keys.find((one) => one.issuerId === issuerId && one.ring === 'oidc');
  if (!key) throw new Error('a realm that was used has keys');
  privateKey = createPrivateKey(key.privatePem);
  ({ publicPem } = key);
});

const get = (path: string, init: RequestInit = {}) =>
  fetch(app.base + path, { redirect: 'manual', ...init });
const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });
const authorization = async () => {
  const { url } = await ask(wiki);
  return url.pathname + url.search;
};
const asWiki = (fields: Readonly<Record<string, string>>) =>
  postForm(app, TOKEN, fields, { Authorization: BASIC });

const RFC_9700: readonly (readonly [string, () => Promise<void>])[] = [
  [
    '2.1, 4.4.2.1: the answer names its issuer, so that none is mixed up',
    async () => {
      const { callback } = await authorize(wiki, ada);
      expect(callback.searchParams.get('iss')).toBe(REALM);
      const other = await authorize(await discover(app, { slug: 'other' }), ada);
      await expect(redeem({ ...other, config: wiki })).rejects.toThrow();
    },
  ],
  [
    '2.1.1, 4.8: without a challenge there is no code, and a verifier is no way around it',
    async () => {
      const { url } = await ask(wiki);
      for (const name of ['code_challenge', 'code_challenge_method']) url.searchParams.delete(name);
      const { location = '' } = await ada.get(url.pathname + url.search);
      expect(new URL(location).searchParams.get('error')).toBe('invalid_request');
      expect(location).not.toContain('code=');
    },
  ],
  [
    '2.1.2: no token comes from the authorization endpoint',
    async () => {
      for (const type of ['token', 'id_token', 'id_token token', 'code token', 'none']) {
        const { url } = await ask(wiki, { response_type: type });
        const { location = '' } = await ada.get(url.pathname + url.search);
        expect(location).toContain('error=');
        expect(location).not.toMatch(/access_token=|id_token=/);
      }
    },
  ],
  [
    '2.2.1, 2.3: an access token is for its client and its scopes alone',
    async () => {
      const claims = payloadOf(tokens.access_token);
      expect([claims.aud, claims.scope]).toEqual(['wiki', 'openid']);
      expect(claims).not.toHaveProperty('email');
    },
  ],
  [
    '2.4: no password of a person is taken from a client',
    async () => {
      const fields = { username: 'ada', password: 'a long enough passphrase' };
      const answer = await asWiki({ grant_type: 'password', ...fields });
      expect(answer.json.error).toBe('unsupported_grant_type');
    },
  ],
  [
    '2.5: a client that has a secret is nobody without it',
    async () => {
      const answer = await postForm(app, TOKEN, { grant_type: 'refresh_token', client_id: 'wiki' });
      expect([answer.status, answer.json.error]).toEqual([401, 'invalid_client']);
    },
  ],
  [
    '4.2.4: pages tell other sites nothing of where they are',
    async () => {
      const page = await app.visitor().get(await authorization());
      expect(page.headers.get('Referrer-Policy')).toBe('same-origin');
    },
  ],
  [
    '4.3.2: a token in an address is not taken',
    async () => {
      const answer = await get(`${AT}/userinfo?access_token=${tokens.access_token}`);
      expect(answer.status).toBeGreaterThanOrEqual(400);
    },
  ],
  [
    '4.11.2: nobody who is not signed in is sent on for a request that is wrong',
    async () => {
      const { url } = await ask(wiki, { redirect_uri: 'https://evil.example/' });
      expect((await app.visitor().get(url.pathname + url.search)).location).toBeUndefined();
    },
  ],
  [
    '4.12: redirects are 303, so that no form goes with them',
    async () => {
      expect((await ada.get(await authorization())).status).toBe(303);
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
      const { url } = await ask(wiki);
      const body = url.searchParams.toString();
      expect((await ada.request(url.pathname, { method: 'POST', headers, body })).status).toBe(303);
    },
  ],
  [
    '4.13: nothing a proxy did not say is believed',
    async () => {
      const headers = { 'X-Forwarded-Host': 'evil.example', Host: 'evil.example' };
      const answer = await get(await authorization(), { headers });
      expect(answer.headers.get('Location')).not.toContain('evil.example');
    },
  ],
  [
    '4.15: no client can be taken for a person',
    async () => {
      expect(payloadOf(tokens.access_token)).toMatchObject({ sub: adaId, client_id: 'wiki' });
      const answer = await asWiki({ grant_type: 'client_credentials' });
      expect(answer.json.error).toBe('unsupported_grant_type');
    },
  ],
  [
    '4.16: pages that ask something are in no frame',
    async () => {
      const { url } = await ask(wiki, { prompt: 'login' });
      const { location = '' } = await ada.get(url.pathname + url.search);
      const page = await ada.get(location.replace(PUBLIC_URL, ''));
      expect(page.text).toContain('name="password"');
      expect(page.headers.get('X-Frame-Options')).toBe('DENY');
      expect(page.headers.get('Content-Security-Policy')).toContain("frame-ancestors 'none'");
    },
  ],
];

describe('RFC 9700', () => {
  it.each(RFC_9700)('%s', (_section, run) => run());
});

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The access token with another header or claims, rightly signed by the realm's own key. */
function resign(header: object, claims: object = {}, hash = 'sha256'): string {
  const head = part({ ...headerOf(tokens.access_token), ...header });
  const input = `${head}.${part({ ...payloadOf(tokens.access_token), ...claims })}`;
  return `${input}.${sign(hash, Buffer.from(input), privateKey).toString('base64url')}`;
}

/** The same claims, signed by a key that the header brings along. */
function byAnother(header: object): string {
  const key = createPrivateKey(stranger.privatePem);
  const jwk = createPublicKey(key.export({ type: 'pkcs8', format: 'pem' })).export({
    format: 'jwk',
  });
  const head = part({ ...headerOf(tokens.access_token), jwk, ...header });
  const input = `${head}.${part(payloadOf(tokens.access_token))}`;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

function compressed(): string {
  const body = deflateRawSync(JSON.stringify(payloadOf(tokens.access_token)));
  const head = part({ ...headerOf(tokens.access_token), zip: 'DEF' });
  const input = `${head}.${body.toString('base64url')}`;
  return `${input}.${sign('sha256', Buffer.from(input), privateKey).toString('base64url')}`;
}

const RFC_8725: readonly (readonly [string, () => string | Promise<string>])[] = [
  [
    '3.1: alg none',
    () => `${part({ alg: 'none', typ: 'at+jwt' })}.${part(payloadOf(tokens.access_token))}.`,
  ],
  [
    '3.1: HS256 with our public key for a secret',
    () => {
      const header = { ...headerOf(tokens.access_token), alg: 'HS256' };
      const input = `${part(header)}.${part(payloadOf(tokens.access_token))}`;
      return `${input}.${createHmac('sha256', publicPem).update(input).digest('base64url')}`;
    },
  ],
  ['3.2: another algorithm of the same key', () => resign({ alg: 'RS512' }, {}, 'sha512')],
  ['3.3: no signature', () => tokens.access_token.replace(/[^.]*$/, '')],
  [
    '3.3: the signature of another token',
    () => tokens.access_token.replace(/[^.]*$/, (tokens.id_token ?? '').split('.')[2] ?? ''),
  ],
  ['3.4: a fourth part', () => `${tokens.access_token}.x`],
  ['3.4: parts that are no JSON', () => `x.y.${tokens.access_token.split('.')[2]}`],
  ['3.6: compressed claims', compressed],
  ['3.10: an extension it must understand', () => resign({ crit: ['x'], x: 1 })],
  ['3.8: another issuer', () => resign({}, { iss: `${PUBLIC_URL}/realms/other` })],
  ['3.10: a key of its own, in the header', () => byAnother({})],
  ['3.10: a key elsewhere', () => byAnother({ jku: 'http://127.0.0.1:9/keys' })],
  ['3.10: a kid that is a path', () => byAnother({ kid: '../../../../dev/null' })],
  ['3.10: a kid that is SQL', () => byAnother({ kid: "x' or '1'='1" })],
  ['3.11: an ID token', () => tokens.id_token ?? ''],
  ['3.11: another typ', () => resign({ typ: 'JWT' })],
  ['3.11: no typ', () => resign({ typ: undefined })],
  ['3.12: a logout token’s typ', () => resign({ typ: 'logout+jwt' })],
  ['3.12: a token nobody was given', () => resign({}, { jti: 'made-up' })],
];

describe('RFC 8725: userinfo takes no access token with', () => {
  it.each(RFC_8725)('%s', async (_section, make) => {
    const answer = await get(`${AT}/userinfo`, bearer(await make()));
    expect(answer.status).toBe(401);
    expect((await get(`${AT}/userinfo`, bearer(tokens.access_token))).status).toBe(200);
  });

  it('3.5, 3.12: and its key is no key of Jitsi’s', async () => {
    const { keys } = (await (await get(`${AT}/certs`)).json()) as {
      keys: { kid: string; n: string }[];
    };
    const files = app.catalog.current().bySlug.get('main')?.jwks.toString() ?? '';
    const own = keys.find(({ kid }) => kid === headerOf(tokens.access_token).kid);
    expect(Buffer.from(own?.n ?? '', 'base64url')).toHaveLength(256);
    expect(files).not.toContain(own?.kid);
  });
});
