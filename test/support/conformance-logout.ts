/**
 * The modules of the suite's Config, RP-Initiated Logout and Back-Channel Logout plans.
 *
 * @module
 */
import { createLocalJWKSet, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { expect } from 'vitest';
import { tellClients } from '../../src/operations/tell-clients.ts';
import { PUBLIC_URL } from './app.ts';
import { discovery, type Fields, type Party, type Row, send } from './conformance.ts';
import { payloadOf, redeem } from './relying-party.ts';
import type { Answer } from './visitor.ts';

const LOGOUT_PATH = '/realms/main/protocol/openid-connect/logout';
const BACK = 'https://wiki.example.org/bye';

interface SignedIn {
  readonly party: Party;
  readonly hint: string;
  readonly sid: unknown;
  readonly sub: string | undefined;
}

let nth = 0;
async function signedIn(party: Party): Promise<SignedIn> {
  const { visitor } = await party.app.signedIn(`leaver-${++nth}`);
  const own = { ...party, visitor };
  const tokens = await redeem(await send(own));
  const claims = tokens.claims();
  return { party: own, hint: tokens.id_token ?? '', sid: claims?.sid, sub: claims?.sub };
}

function leave({ party }: SignedIn, fields: Fields): Promise<Answer> {
  const { pathname, search } = openid.buildEndSessionUrl(party.config, fields);
  return party.visitor.get(pathname + search);
}

/** As the suite asks: by a request that may not ask the person anything. */
async function isSignedIn({ party }: SignedIn): Promise<boolean> {
  const { callback } = await send(party, { prompt: 'none' });
  return callback.searchParams.get('error') !== 'login_required';
}

/** An error on a page of ours; nobody is sent anywhere, and nothing ends. */
const refused = (change: (one: SignedIn) => Fields) => async (party: Party) => {
  const one = await signedIn(party);
  const fields = { post_logout_redirect_uri: BACK, state: 's', ...change(one) };
  const answer = await leave(one, { id_token_hint: one.hint, ...fields });
  expect([answer.status, answer.location]).toEqual([400, undefined]);
  expect(await isSignedIn(one)).toBe(true);
};

/** A page that asks, and ends at a page of ours. */
const asks = (fields: Fields) => async (party: Party) => {
  const one = await signedIn(party);
  const page = `${LOGOUT_PATH}?${new URLSearchParams(fields).toString()}`;
  expect((await one.party.visitor.get(page)).status).toBe(200);
  expect(await isSignedIn(one)).toBe(true);
  const done = await one.party.visitor.submit('/realms/main/sign-out', fields, { page });
  expect(done.location).toBe('/logout');
  expect(await isSignedIn(one)).toBe(false);
};

const ends = (fields: Fields, location: string) => async (party: Party) => {
  const one = await signedIn(party);
  const answer = await leave(one, { id_token_hint: one.hint, ...fields });
  expect([answer.status, answer.location]).toEqual([303, location]);
  expect(await isSignedIn(one)).toBe(false);
};

const RP_INITIATED: readonly Row[] = [
  {
    module: 'oidcc-rp-initiated-logout-discovery-endpoint-verification',
    run: describes({ end_session_endpoint: PUBLIC_URL + LOGOUT_PATH }),
  },
  {
    module: 'oidcc-rp-initiated-logout',
    run: ends({ post_logout_redirect_uri: BACK, state: 's1' }, `${BACK}?state=s1`),
  },
  {
    module: 'oidcc-rp-initiated-logout-bad-post-logout-redirect-uri',
    run: refused(() => ({ post_logout_redirect_uri: `${BACK}/other` })),
  },
  {
    module: 'oidcc-rp-initiated-logout-modified-id-token-hint',
    run: refused(({ hint }) => ({ id_token_hint: `${hint.slice(0, -5)}AAAAA` })),
  },
  {
    module: 'oidcc-rp-initiated-logout-no-id-token-hint',
    run: asks({ post_logout_redirect_uri: BACK, state: 's' }),
  },
  { module: 'oidcc-rp-initiated-logout-no-params', run: asks({}) },
  { module: 'oidcc-rp-initiated-logout-no-post-logout-redirect-uri', run: ends({}, '/logout') },
  {
    module: 'oidcc-rp-initiated-logout-no-state',
    run: ends({ post_logout_redirect_uri: BACK }, BACK),
  },
  { module: 'oidcc-rp-initiated-logout-only-state', run: asks({ state: 's' }) },
  {
    module: 'oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri',
    run: refused(() => ({ post_logout_redirect_uri: `${BACK}?foo=bar` })),
  },
  {
    module: 'oidcc-rp-initiated-logout-bad-id-token-hint',
    run: refused(() => ({ id_token_hint: 'bad' })),
  },
];

const BACK_CHANNEL: readonly Row[] = [
  {
    module: 'oidcc-backchannel-logout-discovery-endpoint-verification',
    run: describes({
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    }),
  },
  {
    module: 'oidcc-backchannel-rp-initiated-logout',
    async run(party) {
      const one = await signedIn(party);
      await leave(one, { id_token_hint: one.hint, post_logout_redirect_uri: BACK });
      const sent = await told(party);
      const token = sent.find(({ form }) => payloadOf(form).sid === one.sid)?.form ?? '';
      const certs = await fetch(`${party.app.base}/realms/main/protocol/openid-connect/certs`);
      const { payload } = await jwtVerify(token, createLocalJWKSet((await certs.json()) as never), {
        issuer: `${PUBLIC_URL}/realms/main`,
        audience: 'wiki',
        typ: 'logout+jwt',
        algorithms: ['RS256'],
        currentDate: party.app.clock.now(),
        requiredClaims: ['iat', 'exp', 'jti', 'events', 'sub', 'sid'],
      });
      expect(payload).toMatchObject({
        sub: one.sub,
        sid: one.sid,
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      });
      expect(payload).not.toHaveProperty('nonce');
      expect(sent.every(({ address }) => address === 'https://wiki.example.org/oauth/logout')).toBe(
        true,
      );
    },
  },
];

export const LOGOUT = { rp: RP_INITIATED, backChannel: BACK_CHANNEL } as const;

export const CONFIG: readonly Row[] = [
  {
    module: 'oidcc-discovery-endpoint-verification',
    async run({ app }) {
      const found = await discovery(app);
      expect(found).toMatchObject({
        issuer: `${PUBLIC_URL}/realms/main`,
        response_types_supported: expect.arrayContaining(['code']),
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: expect.arrayContaining(['RS256']),
        scopes_supported: expect.arrayContaining(['openid']),
        claims_supported: expect.arrayContaining(['sub']),
        claims_parameter_supported: false,
        request_uri_parameter_supported: false,
      });
      for (const [name, value] of Object.entries(found))
        if (/_endpoint$|^jwks_uri$/.test(name)) expect(value).toMatch(/^https:\/\//);
      const certs = await fetch(String(found.jwks_uri).replace(PUBLIC_URL, app.base));
      const { keys } = (await certs.json()) as { keys: Record<string, unknown>[] };
      const kids = keys.map(({ kid }) => kid);
      expect(new Set(kids).size).toBe(kids.length);
      for (const key of keys)
        expect(key).toEqual({
          kty: 'RSA',
          use: 'sig',
          alg: 'RS256',
          kid: expect.any(String),
          n: expect.any(String),
          e: 'AQAB',
        });
    },
  },
];

function describes(members: Readonly<Record<string, unknown>>) {
  return async ({ app }: Party) => expect(await discovery(app)).toMatchObject(members);
}

async function told({ app }: Party) {
  const sent: { address: string; form: string }[] = [];
  await tellClients({
    ...app,
    publicUrl: () => new URL(PUBLIC_URL),
    postForm: async (address, form) => {
      sent.push({ address: address.href, form: form.get('logout_token') ?? '' });
      return 200;
    },
    onFailure: () => {},
  });
  return sent;
}
