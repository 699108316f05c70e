/**
 * Addresses and origins that are none of the client's, by the hundred: none is followed, named in
 * an answer's headers, or let in.
 *
 * @module
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { hostileAddresses, hostileOrigins } from '../support/hostile-addresses.ts';
import { testApp } from '../support/app.ts';
import {
  ask,
  authorize,
  discover,
  jitsiClient,
  postForm,
  redeem,
  SSO,
  syncClock,
  type TestApp,
  TOKEN,
} from '../support/relying-party.ts';
import type { Answer, Visitor } from '../support/visitor.ts';

const BACK = 'https://meet.example.org/static/logout.html';
const REALM = '/realms/main/protocol/openid-connect';

let app: TestApp;
let ada: Visitor;
let authorization: URL;
let hint: string;
beforeAll(async () => {
  app = await testApp();
  syncClock(app);
  await app.addIssuer({ clients: [jitsiClient()] });
  ({ visitor: ada } = await app.signedIn('ada'));
  const config = await discover(app);
  ({ url: authorization } = await ask(config));
  const bob = await app.signedIn('bob');
  hint = (await redeem(await authorize(config, bob.visitor))).id_token ?? '';
});

/** @param address For the message of a failure alone. */
function expectNowhere(answer: Answer, address: string): void {
  expect([address, answer.status, answer.location]).toEqual([address, 400, undefined]);
  expect(answer.headers.get('Refresh')).toBeNull();
  expect(answer.headers.get('Set-Cookie') ?? '').not.toContain('roomkey=x');
  expect(answer.text).not.toMatch(/<meta[^>]*http-equiv="?refresh/i);
  expect(answer.text).not.toMatch(/(?:href|action|src)="[^"]*evil\.example/);
}

describe('the corpus', () => {
  it('holds two hundred values and more, each once', () => {
    const addresses = Object.values(hostileAddresses(SSO)).flat();
    expect(new Set(addresses).size).toBe(addresses.length);
    expect(addresses).not.toContain(SSO);
    expect(addresses.length).toBeGreaterThanOrEqual(200);
  });
});

/** RFC 9700, sections 2.1 and 4.1.3. */
describe('a redirect address', () => {
  it.each(Object.entries(hostileAddresses(SSO)))('is refused: %s', async (_class, addresses) => {
    for (const address of addresses) {
      const url = new URL(authorization);
      url.searchParams.set('redirect_uri', address);
      expectNowhere(await ada.get(url.pathname + url.search), address);
    }
  });

  it('is refused at the token endpoint, too', async () => {
    const flow = await authorize(await discover(app), ada);
    const code = flow.callback.searchParams.get('code') ?? '';
    for (const address of Object.values(hostileAddresses(SSO)).flat()) {
      const fields = { grant_type: 'authorization_code', client_id: 'jitsi', code };
      const given = { redirect_uri: address, code_verifier: flow.verifier };
      const { status, text } = await postForm(app, TOKEN, { ...fields, ...given });
      expect([address, status]).toEqual([address, 400]);
      expect(text).not.toContain('access_token');
    }
    // It was the address, each time.
    expect((await redeem(flow)).access_token).toBeTypeOf('string');
  });
});

/** OpenID Connect RP-Initiated Logout, section 3. */
describe('an address to go on to after a sign-out', () => {
  it.each(Object.entries(hostileAddresses(BACK)))('is refused: %s', async (_class, addresses) => {
    for (const address of addresses) {
      const fields = { id_token_hint: hint, post_logout_redirect_uri: address };
      const query = new URLSearchParams(fields).toString();
      expectNowhere(await app.visitor().get(`${REALM}/logout?${query}`), address);
    }
  });
});

describe('an origin', () => {
  const fields = { grant_type: 'refresh_token', client_id: 'jitsi', refresh_token: 'x' };

  it('of the client’s may read the answer, an error too', async () => {
    const Origin = new URL(SSO).origin;
    const answer = await postForm(app, TOKEN, fields, { Origin });
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe(Origin);
  });

  it.each(hostileOrigins(new URL(SSO).host))('%s may not', async (Origin) => {
    const answer = await postForm(app, TOKEN, fields, { Origin });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBeNull();
    expect(answer.headers.get('Access-Control-Allow-Credentials')).toBeNull();
  });
});
