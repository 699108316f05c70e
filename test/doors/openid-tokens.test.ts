/**
 * The protocol under attack. Names in brackets say which rule of which document a test holds.
 *
 * @module
 */
import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { PUBLIC_URL } from '../support/app.ts';
import {
  ask,
  authorize,
  type Flow,
  headerOf,
  jitsiClient,
  meetAda,
  postForm,
  redeem,
  SSO,
  syncClock,
  type TestApp,
  TOKEN,
  WIKI_SECRET,
} from '../support/relying-party.ts';
import type { Visitor } from '../support/visitor.ts';

let app: TestApp;
let ada: Visitor;
let config: openid.Configuration;
beforeAll(async () => {
  ({ app, ada, config } = await meetAda([jitsiClient({ clientId: 'hall' })]));
});

const fieldsOf = ({ callback, verifier }: Flow) => ({
  grant_type: 'authorization_code',
  client_id: 'jitsi',
  redirect_uri: SSO,
  code: callback.searchParams.get('code') ?? '',
  code_verifier: verifier,
});
const refreshWith = (token: string | undefined) =>
  postForm(app, TOKEN, {
    grant_type: 'refresh_token',
    client_id: 'jitsi',
    refresh_token: token ?? '',
  });

describe('a code', () => {
  /** Each that a thief lacks is enough, and none of the others makes up for it. */
  const LACKS = ['client', 'time', 'first use', 'redirect', 'verifier'] as const;
  const lacking = Array.from({ length: 2 ** LACKS.length - 1 }, (_, nth) =>
    LACKS.filter((_lack, bit) => ((nth + 1) >> bit) & 1),
  );
  it.each(lacking.map((lacks) => [lacks.join(', '), lacks] as const))(
    'is worth nothing with another or without: %s',
    async (_what, lacks) => {
      syncClock(app);
      const flow = await authorize(config, ada);
      if (lacks.includes('first use')) await redeem(flow);
      if (lacks.includes('time')) app.clock.advance(61);
      const answer = await postForm(app, TOKEN, {
        ...fieldsOf(flow),
        ...(lacks.includes('client') ? { client_id: 'hall' } : {}),
        ...(lacks.includes('redirect') ? { redirect_uri: `${SSO}/` } : {}),
        ...(lacks.includes('verifier') ? { code_verifier: 'x'.repeat(43) } : {}),
      });
      expect(answer.status).toBe(400);
      expect(answer.json.error).toBe('invalid_grant');
    },
  );

  const cases: readonly [string, (flow: Flow) => Readonly<Record<string, string>>][] = [
    ['another verifier [RFC 9700, 2.1.1]', () => ({ code_verifier: 'x'.repeat(43) })],
    ['no verifier', () => ({ code_verifier: '' })],
    ['another redirect', () => ({ redirect_uri: 'https://meet.example.org/' })],
    ['no redirect', () => ({ redirect_uri: '' })],
    ['another code', () => ({ code: 'x'.repeat(43) })],
    ['no code', () => ({ code: '' })],
    ['a client that is not', () => ({ client_id: 'nobody' })],
    ['no client', () => ({ client_id: '' })],
    ['another client', () => ({ client_id: 'wiki', client_secret: WIKI_SECRET })],
    ['a secret of a public client', () => ({ client_secret: 'x' })],
    ['another grant type', () => ({ grant_type: 'password', username: 'ada', password: 'x' })],
    ['client credentials', () => ({ grant_type: 'client_credentials' })],
    ['a foreign resource', () => ({ resource: 'https://evil.example' })],
  ];
  it.each(cases)('is worth nothing with %s', async (_what, change) => {
    const flow = await authorize(config, ada);
    const given = Object.entries({ ...fieldsOf(flow), ...change(flow) });
    const answer = await postForm(
      app,
      TOKEN,
      Object.fromEntries(given.filter(([, value]) => value !== '')),
    );
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.json).toHaveProperty('error');
    expect(answer.text).not.toContain('access_token');
  });

  it('is good for a minute', async () => {
    const flow = await authorize(config, ada);
    app.clock.advance(61);
    expect((await postForm(app, TOKEN, fieldsOf(flow))).json.error).toBe('invalid_grant');
  });

  it('is good for one of fifty who come at once [RFC 9700, 4.5]', async () => {
    const flow = await authorize(config, ada);
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => postForm(app, TOKEN, fieldsOf(flow))),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.every(({ status }) => status === 200 || status === 400)).toBe(true);
    // Somebody had it who should not: what came of it ends, too.
    const won = answers.find(({ status }) => status === 200);
    expect((await refreshWith(won?.json.refresh_token)).json.error).toBe('invalid_grant');
  });

  it('used a second time ends what came of the first', async () => {
    const flow = await authorize(config, ada);
    const tokens = await redeem(flow);
    expect((await postForm(app, TOKEN, fieldsOf(flow))).json.error).toBe('invalid_grant');
    expect((await refreshWith(tokens.refresh_token)).json.error).toBe('invalid_grant');
  });

  it('leaves other windows of the same browser alone when it is used twice', async () => {
    const other = await redeem(await authorize(config, ada));
    const flow = await authorize(config, ada);
    await redeem(flow);
    await postForm(app, TOKEN, fieldsOf(flow));
    expect((await refreshWith(other.refresh_token)).status).toBe(200);
  });

  it('is not given for a request that another browser began', async () => {
    const victim = app.visitor();
    const { url } = await ask(config);
    const { location = '' } = await victim.get(url.pathname + url.search);
    const answer = await ada.get(location);
    expect(answer.status).toBe(410);
  });
});

describe('a refresh token', () => {
  const grantTokens = async () => redeem(await authorize(config, ada));

  it('is replaced at each use; the answer that was lost may be asked for once more', async () => {
    const { refresh_token: first } = await grantTokens();
    const lost = await refreshWith(first);
    const again = await refreshWith(first);
    expect(again.status).toBe(200);
    expect(again.json.refresh_token).not.toBe(lost.json.refresh_token);
    expect((await refreshWith(lost.json.refresh_token)).status).toBe(400);
    expect((await refreshWith(again.json.refresh_token)).status).toBe(200);
  });

  it('ends its family when it is used after its successor [RFC 9700, 4.14.2]', async () => {
    const { refresh_token: first } = await grantTokens();
    const second = await refreshWith(first);
    const third = await refreshWith(second.json.refresh_token);
    expect((await refreshWith(first)).json.error).toBe('invalid_grant');
    expect((await refreshWith(third.json.refresh_token)).json.error).toBe('invalid_grant');
  });

  it('ends its family when it is used again after the grace', async () => {
    const { refresh_token: first } = await grantTokens();
    const second = await refreshWith(first);
    app.clock.advance(11);
    expect((await refreshWith(first)).json.error).toBe('invalid_grant');
    expect((await refreshWith(second.json.refresh_token)).json.error).toBe('invalid_grant');
  });

  it('is worth at most two answers to fifty who come at once, and then its family is gone', async () => {
    const { refresh_token: token } = await grantTokens();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refreshWith(token)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won.length).toBeGreaterThan(0);
    expect(won.length).toBeLessThanOrEqual(2);
    for (const { json } of won)
      expect((await refreshWith(json.refresh_token)).json.error).toBe('invalid_grant');
  });

  it('is bound to its client', async () => {
    const { refresh_token: token = '' } = await grantTokens();
    const fields = { grant_type: 'refresh_token', refresh_token: token };
    const basic = `Basic ${Buffer.from(`wiki:${WIKI_SECRET}`).toString('base64')}`;
    const answer = await postForm(app, TOKEN, fields, { Authorization: basic });
    expect(answer.json.error).toBe('invalid_grant');
  });

  it('gets no scope it had not', async () => {
    const { refresh_token: token = '' } = await grantTokens();
    const fields = { grant_type: 'refresh_token', client_id: 'jitsi', refresh_token: token };
    const answer = await postForm(app, TOKEN, { ...fields, scope: 'openid email' });
    expect(answer.json.error).toBe('invalid_scope');
  });

  it('ends by revocation, which tells a stranger nothing', async () => {
    const path = '/realms/main/protocol/openid-connect/revoke';
    const { refresh_token: token = '' } = await grantTokens();
    expect((await postForm(app, path, { client_id: 'jitsi', token: 'nonsense' })).status).toBe(200);
    expect((await postForm(app, path, { client_id: 'jitsi', token })).status).toBe(200);
    expect((await refreshWith(token)).json.error).toBe('invalid_grant');
  });
});

describe('keys', () => {
  it('rotate under load: twenty rotations, no failed request, and old ID tokens still verify', async () => {
    const { rotateIssuerKeys } = await import('../../src/operations/issuer-keys.ts');
    const { SYSTEM } = await import('../../src/operations/actor.ts');
    const kids = new Set<unknown>();
    const rotated = new AbortController();
    const flows = (async () => {
      while (!rotated.signal.aborted) {
        const tokens = await redeem(await authorize(config, ada));
        kids.add(headerOf(tokens.id_token ?? '').kid);
        expect(tokens.claims()?.iss).toBe(`${PUBLIC_URL}/realms/main`);
      }
    })();
    for (let turn = 0; turn < 20; turn++) {
      for (const ring of ['oidc', 'jitsi'] as const)
        await rotateIssuerKeys(app, { slug: 'main', force: true, ring, actor: SYSTEM });
      await app.catalog.refresh();
    }
    rotated.abort();
    await flows;
    expect(kids.size).toBeGreaterThan(1);
    const list = await fetch(`${app.base}/realms/main/protocol/openid-connect/certs`);
    const { keys } = (await list.json()) as { keys: { kid: string }[] };
    const served = new Set(keys.map(({ kid }) => kid));
    for (const kid of kids) expect(served.has(String(kid))).toBe(true);
    expect(JSON.stringify(keys)).not.toMatch(/"[dpq]":/);
  }, 60_000);
});

describe('storage', () => {
  it('holds nothing that a thief of the database could use [idp-anchors 3.13, 11]', async () => {
    const flow = await authorize(config, ada);
    const code = flow.callback.searchParams.get('code') ?? '';
    const { refresh_token: token = '' } = await redeem(await authorize(config, ada));
    const dump = JSON.stringify(await app.database.knex('oidc_artifacts'));
    for (const secret of [code, token, flow.nonce]) expect(dump).not.toContain(secret);
    expect(dump).not.toContain(Buffer.from(flow.nonce).toString('hex'));
  });

  it('forgets what has expired', async () => {
    await authorize(config, ada);
    app.clock.advance(31 * 86_400);
    let swept = 0;
    for (;;) {
      const count = await app.stores.oidcArtifacts.sweep(app.clock.now(), 100);
      swept += count;
      if (count < 100) break;
    }
    expect(swept).toBeGreaterThan(0);
    expect(await app.database.knex('oidc_artifacts')).toEqual([]);
  });
});
