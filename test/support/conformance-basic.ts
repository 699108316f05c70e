/**
 * The modules of the suite's Basic and Form Post plans (`OIDCCBasicTestPlan`), played by
 * openid-client. All with PKCE, which Roomkey wants of every client.
 *
 * @module
 */
import * as openid from 'openid-client';
import { expect } from 'vitest';
import {
  ageSignIns,
  expectErrorPage,
  type Fields,
  type Party,
  type Row,
  send,
} from './conformance.ts';
import {
  ask,
  discover,
  headerOf,
  payloadOf,
  postForm,
  redeem,
  syncClock,
  WIKI,
  WIKI_SECRET,
} from './relying-party.ts';

const AT = '/realms/main/protocol/openid-connect';

const grant = async (party: Party, parameters: Fields = {}) =>
  redeem(await send(party, parameters));

const succeeds = (parameters: Fields) => async (party: Party) => {
  expect((await grant(party, parameters)).claims()?.sub).toBeTypeOf('string');
};

const answersWith = (parameters: Fields, error: string) => async (party: Party) => {
  const { callback } = await send(party, parameters);
  expect(callback.searchParams.get('error')).toBe(error);
  expect(callback.searchParams.get('code')).toBeNull();
};

const userinfoHas = (scope: string, claims: readonly string[]) => async (party: Party) => {
  const tokens = await grant(party, { scope });
  const sub = tokens.claims()?.sub ?? '';
  const info = await openid.fetchUserInfo(party.config, tokens.access_token, sub);
  expect(Object.keys(info)).toEqual(expect.arrayContaining(['sub', ...claims]));
};

const asksUserinfo = (request: (token: string) => RequestInit) => async (party: Party) => {
  const tokens = await grant(party);
  const answer = await fetch(`${party.app.base}${AT}/userinfo`, request(tokens.access_token));
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ sub: tokens.claims()?.sub });
};

const PROFILE = ['name', 'preferred_username'];

const notOffered = (module: string, why: string, member: string, value: unknown): Row => {
  return { module, absent: { why, member, value } };
};

export const BASIC: readonly Row[] = [
  { module: 'oidcc-server', run: succeeds({ scope: 'openid' }) },
  {
    module: 'oidcc-response-type-missing',
    async run(party) {
      const { url } = await ask(party.config, { redirect_uri: WIKI, ...party.mode });
      url.searchParams.delete('response_type');
      const answer = await party.visitor.get(url.pathname + url.search);
      expect(answer.location ?? answer.text).toContain('invalid_request');
    },
  },
  {
    module: 'oidcc-idtoken-signature',
    async run(party) {
      const { id_token = '' } = await grant(party);
      const certs = await fetch(`${party.app.base}${AT}/certs`);
      const { keys } = (await certs.json()) as { keys: { kid: string }[] };
      const { kid, alg } = headerOf(id_token);
      expect([alg, keys.some((key) => key.kid === kid)]).toEqual(['RS256', true]);
    },
  },
  notOffered(
    'oidcc-idtoken-unsigned',
    'ID tokens are always signed',
    'id_token_signing_alg_values_supported',
    ['RS256'],
  ),
  {
    module: 'oidcc-userinfo-get',
    run: asksUserinfo((token) => ({ headers: { Authorization: `Bearer ${token}` } })),
  },
  {
    module: 'oidcc-userinfo-post-header',
    run: asksUserinfo((token) => {
      return { method: 'POST', headers: { Authorization: `Bearer ${token}` } };
    }),
  },
  {
    module: 'oidcc-userinfo-post-body',
    run: asksUserinfo((token) => {
      return { method: 'POST', body: new URLSearchParams({ access_token: token }) };
    }),
  },
  {
    module: 'oidcc-ensure-request-without-nonce-succeeds-for-code-flow',
    async run(party) {
      const flow = await send(party, { nonce: '' });
      const { callback, verifier, state, config } = flow;
      const tokens = await openid.authorizationCodeGrant(config, callback, {
        pkceCodeVerifier: verifier,
        expectedState: state,
      });
      expect(tokens.claims()).not.toHaveProperty('nonce');
    },
  },
  { module: 'oidcc-scope-profile', run: userinfoHas('openid profile', PROFILE) },
  { module: 'oidcc-scope-email', run: userinfoHas('openid email', ['email']) },
  ...['address', 'phone'].map((scope) =>
    notOffered(
      `oidcc-scope-${scope}`,
      'Roomkey keeps no postal address and no telephone number',
      'scopes_supported',
      ['openid', 'profile', 'email', 'groups', 'attributes', 'offline_access'],
    ),
  ),
  { module: 'oidcc-scope-all', run: userinfoHas('openid profile email', [...PROFILE, 'email']) },
  {
    module: 'oidcc-ensure-other-scope-order-succeeds',
    run: userinfoHas('email openid', ['email']),
  },
  { module: 'oidcc-display-page', run: succeeds({ display: 'page' }) },
  { module: 'oidcc-display-popup', run: succeeds({ display: 'popup' }) },
  { module: 'oidcc-prompt-login', run: (party) => provesAnew(party, { prompt: 'login' }) },
  {
    module: 'oidcc-prompt-none-not-logged-in',
    run: (party) =>
      answersWith({ prompt: 'none' }, 'login_required')({ ...party, visitor: party.app.visitor() }),
  },
  { module: 'oidcc-prompt-none-logged-in', run: succeeds({ prompt: 'none' }) },
  { module: 'oidcc-max-age-1', run: (party) => provesAnew(party, { max_age: '1' }) },
  {
    module: 'oidcc-max-age-10000',
    async run(party) {
      const first = (await grant(party)).claims();
      const second = (await grant(party, { max_age: '10000' })).claims();
      expect(second?.auth_time).toBe(first?.auth_time);
      expect(second?.auth_time).toBeTypeOf('number');
    },
  },
  {
    module: 'oidcc-ensure-request-with-unknown-parameter-succeeds',
    run: succeeds({ extra: 'foobar' }),
  },
  {
    module: 'oidcc-id-token-hint',
    async run(party) {
      const first = await grant(party);
      const hint = first.id_token ?? '';
      const again = await grant(party, { prompt: 'none', id_token_hint: hint });
      expect(again.claims()?.sub).toBe(first.claims()?.sub);
    },
  },
  { module: 'oidcc-login-hint', run: succeeds({ login_hint: 'ada@example.com' }) },
  { module: 'oidcc-ui-locales', run: succeeds({ ui_locales: 'se' }) },
  { module: 'oidcc-claims-locales', run: succeeds({ claims_locales: 'se' }) },
  {
    module: 'oidcc-ensure-request-with-acr-values-succeeds',
    async run(party) {
      for (const acr_values of ['1 2', '2', 'urn:mace:incommon:iap:silver'])
        expect((await grant(party, { acr_values })).claims()?.acr).toBe('1');
    },
  },
  { module: 'oidcc-codereuse', run: (party) => reusesCode(party, 0) },
  { module: 'oidcc-codereuse-30seconds', run: (party) => reusesCode(party, 30) },
  {
    module: 'oidcc-ensure-registered-redirect-uri',
    run: (party) => expectErrorPage(party, { redirect_uri: `${WIKI}/unregistered` }),
  },
  {
    module: 'oidcc-ensure-post-request-succeeds',
    async run(party) {
      const asked = await ask(party.config, { redirect_uri: WIKI, ...party.mode });
      const answer = await party.visitor.request(asked.url.pathname, {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: asked.url.searchParams.toString(),
      });
      expect(answer.location ?? answer.text).toMatch(/code=|name="code"/);
    },
  },
  {
    module: 'oidcc-server-client-secret-post',
    async run(party) {
      const auth = openid.ClientSecretPost(WIKI_SECRET);
      const config = await discover(party.app, { clientId: 'post', auth });
      await succeeds({})({ ...party, config });
    },
  },
  {
    module: 'oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported',
    run: (party) => refusesRequest(party, { request_uri: 'https://wiki.example.org/request' }),
  },
  {
    module: 'oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported',
    run: (party) => refusesRequest(party, { request: unsigned({ state: 'other' }) }),
  },
  {
    module: 'oidcc-claims-essential',
    run: succeeds({ claims: '{"userinfo":{"name":{"essential":true}}}' }),
  },
  {
    module: 'oidcc-ensure-request-object-with-redirect-uri',
    run: (party) =>
      refusesRequest(party, { request: unsigned({ redirect_uri: 'https://evil.example/' }) }),
  },
  {
    module: 'oidcc-refresh-token',
    async run(party) {
      const first = await grant(party, { scope: 'openid offline_access' });
      const token = first.refresh_token ?? '';
      const auth = openid.ClientSecretPost(WIKI_SECRET);
      const stranger = await discover(party.app, { clientId: 'post', auth });
      await expect(openid.refreshTokenGrant(stranger, token)).rejects.toThrow();
      const second = await openid.refreshTokenGrant(party.config, token);
      expect(second.access_token).not.toBe(first.access_token);
      expect(payloadOf(second.id_token ?? '')).toMatchObject({
        iss: first.claims()?.iss,
        sub: first.claims()?.sub,
        aud: 'wiki',
        auth_time: first.claims()?.auth_time,
      });
    },
  },
  {
    module: 'oidcc-ensure-request-with-valid-pkce-succeeds',
    async run(party) {
      await succeeds({})(party);
      const flow = await send(party);
      await expect(redeem({ ...flow, verifier: 'x'.repeat(43) })).rejects.toThrow();
    },
  },
];

async function provesAnew(party: Party, parameters: Fields): Promise<void> {
  await ageSignIns(party, 60);
  const before = (await grant(party, { max_age: '10000' })).claims()?.auth_time ?? 0;
  const after = (await grant(party, { max_age: '10000', ...parameters })).claims()?.auth_time ?? 0;
  expect(after).toBeGreaterThan(before);
}

async function reusesCode(party: Party, seconds: number): Promise<void> {
  const flow = await send(party);
  const tokens = await redeem(flow);
  party.app.clock.advance(seconds);
  await expect(redeem(flow)).rejects.toMatchObject({ error: 'invalid_grant' });
  const sub = tokens.claims()?.sub ?? '';
  await expect(openid.fetchUserInfo(party.config, tokens.access_token, sub)).rejects.toThrow();
  const fields = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
  const basic = `Basic ${Buffer.from(`wiki:${WIKI_SECRET}`).toString('base64')}`;
  const answer = await postForm(party.app, `${AT}/token`, fields, { Authorization: basic });
  expect(answer.json.error).toBe('invalid_grant');
  syncClock(party.app);
}

/** Told to the registered address, in the mode asked for, or on our page. */
async function refusesRequest(party: Party, parameters: Fields): Promise<void> {
  const { url } = await ask(party.config, { redirect_uri: WIKI, ...party.mode, ...parameters });
  const answer = await party.visitor.get(url.pathname + url.search);
  const said = `${answer.location ?? ''} ${answer.text}`;
  expect(said).toMatch(/request_not_supported|request_uri_not_supported|invalid_request/);
  expect(said).not.toMatch(/code=|name="code"|evil\.example/);
}

function unsigned(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none' })}.${part({ client_id: 'wiki', ...claims })}.`;
}
