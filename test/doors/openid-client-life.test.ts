/**
 * The life of a client, from the form that makes it to its end, in two processes on one database:
 * the administrator is at one, people and applications are at the other.
 *
 * @module
 */
import * as openid from 'openid-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { PUBLIC_URL, testApp } from '../support/app.ts';
import { etagIn, visitorOf } from '../support/issuer-pages.ts';
import {
  authorize,
  discover,
  payloadOf,
  postForm,
  redeem,
  syncClock,
  TOKEN,
  WIKI,
} from '../support/relying-party.ts';
import { createVisitor, type Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const AT = '/admin/issuers/main/clients';
/** The sign-in is old by then. */
const SURE = { confirmPassword: PASSWORD };
const EDIT = { page: `${AT}/edit?id=wiki` };
const app = await testApp();
const other = { ...app, ...(await app.twin()) };
let root: Visitor;

beforeAll(async () => {
  syncClock(app);
  await app.addIssuer({ useRule: "inGroup('staff')" });
  root = await visitorOf(app, 'administrator');
});

const secretIn = (text: string) => /<code>([\w-]{43})<\/code>/.exec(text)?.[1] ?? '';

/** As a server that knows this secret, at the process that nobody told of it. */
const wiki = (secret: string) =>
  discover(other, { clientId: 'wiki', auth: openid.ClientSecretBasic(secret) });

/** Somebody new, at that process. */
async function browser(groups = ['staff']) {
  const user = await app.person(`person-${app.random.reference()}`, groups);
  const visitor = createVisitor(other.base, PUBLIC_URL);
  await visitor.signIn(user.username, PASSWORD);
  return { user, visitor };
}

async function signIn(secret: string) {
  const { visitor } = await browser();
  const parameters = { redirect_uri: WIKI, state: 'x' };
  return redeem(await authorize(await wiki(secret), visitor, { parameters }));
}

/** What the token endpoint says to a refresh token nobody has. */
async function proofOf(secret: string): Promise<string> {
  const basic = Buffer.from(`wiki:${secret}`).toString('base64');
  const fields = { grant_type: 'refresh_token', refresh_token: 'x' };
  const answer = await postForm(other, TOKEN, fields, { Authorization: `Basic ${basic}` });
  return answer.json.error === 'invalid_grant' ? 'taken' : answer.json.error;
}

/** The tests of this block tell one story. */
describe('a client', () => {
  let first: string;
  let second: string;

  it('is there at once in the other process, for somebody without a session there', async () => {
    const stranger = createVisitor(other.base, PUBLIC_URL);
    const query = `client_id=wiki&response_type=code&scope=openid&redirect_uri=${WIKI}&code_challenge=${'x'.repeat(43)}&code_challenge_method=S256`;
    const address = `/realms/main/protocol/openid-connect/auth?${query}`;
    expect((await stranger.get(address)).status).toBe(400);

    const made = await root.submit(`${AT}/new`, {
      clientId: 'wiki',
      type: 'client_secret_basic',
      redirectUris: WIKI,
      firstParty: 'yes',
      'scope.profile': 'yes',
    });
    first = secretIn(made.text);
    expect((await stranger.get(address)).status).toBe(303);
  });

  it('signs people in with the secret that was shown', async () => {
    expect(payloadOf((await signIn(first)).access_token)).toMatchObject({ aud: 'wiki' });
    expect(await proofOf(first.toUpperCase())).toBe('invalid_client');
  });

  it('goes over to another with both, until the old one is ended', async () => {
    const fields = { id: 'wiki', overlap: '3600' };
    second = secretIn((await root.submit(`${AT}/secret`, fields, EDIT)).text);
    for (const secret of [first, second]) await signIn(secret);
    await root.submit(`${AT}/end-former`, { id: 'wiki' }, EDIT);
    expect(await proofOf(first)).toBe('invalid_client');
    await signIn(second);
  });

  it('loses the former secret by itself at the moment that was shown', async () => {
    const fields = { id: 'wiki', overlap: '3600' };
    const third = secretIn((await root.submit(`${AT}/secret`, fields, EDIT)).text);
    app.clock.advance(3599);
    expect(await proofOf(second)).toBe('taken');
    app.clock.advance(2);
    expect(await proofOf(second)).toBe('invalid_client');
    second = third;
    expect(await proofOf(second)).toBe('taken');
  });

  it('fails nobody while it is changed again and again', { timeout: 60_000 }, async () => {
    const tokens = await signIn(second);
    const config = await wiki(second);
    let refresh = tokens.refresh_token ?? '';
    const key = await app.apiKey(['issuers:write']);
    for (let turn = 0; turn < 10; turn++) {
      const body = { kind: 'oidc', redirectUris: [WIKI], firstParty: true, name: `Turn ${turn}` };
      const [{ status }, renewed] = await Promise.all([
        app.api('PUT', '/api/v1/issuers/main/clients/wiki', { key, body }),
        openid.refreshTokenGrant(config, refresh),
      ]);
      expect(status).toBe(200);
      refresh = renewed.refresh_token ?? '';
    }
  });

  it('is refused in words that Explain opens by their reference', async () => {
    const { user, visitor } = await browser([]);
    const parameters = { redirect_uri: WIKI, state: 'x' };
    const { callback } = await authorize(await wiki(second), visitor, { parameters });
    const told = callback.searchParams.get('error_description') ?? '';
    const reference = /reference (\w+)/.exec(told)?.[1] ?? '';
    const auditor = await visitorOf(app, 'auditor');
    const page = await auditor.get(`/admin/explain?reference=${reference}`);
    expect(page.status).toBe(200);
    expect(page.text).toMatch(new RegExp(`${user.username}.*may not sign in to.*Turn 9`));
    expect(page.text).toContain('The rules of today say the same.');

    const key = await app.apiKey(['explain']);
    const explained = await app.api('POST', '/api/v1/explain', { key, body: { reference } });
    expect(explained.json).toMatchObject({
      outcome: 'denied',
      asked: { client: 'wiki', room: '' },
      past: { client: 'wiki', outcome: 'denied', reason: 'use_rule_false' },
    });
    expect(explained.json).not.toHaveProperty('token');
    const asks = (client: string) =>
      app.api('POST', '/api/v1/explain', {
        key,
        body: { issuer: 'main', user: user.username, client },
      });
    expect((await asks('wiki')).json).toMatchObject({ outcome: 'denied' });
    expect((await asks('nobody')).json.error.code).toBe('client_not_found');
  });

  it('ends with what people allowed it, and comes back asking them anew', async () => {
    const key = await app.apiKey(['issuers:write']);
    const body = { kind: 'oidc', redirectUris: [WIKI], firstParty: false, name: 'The wiki' };
    await app.api('PUT', '/api/v1/issuers/main/clients/wiki', { key, body });
    const { user, visitor } = await browser();
    const issuerId = app.catalog.current().bySlug.get('main')?.issuer.id ?? '';
    const place = { userId: user.id, issuerId, clientId: 'wiki' };
    const given = { ...place, scopes: ['openid'], givenAt: app.clock.now() };
    await app.stores.oidcConsents.give(given);
    const parameters = { redirect_uri: WIKI, state: 'x' };
    const tokens = await redeem(await authorize(await wiki(second), visitor, { parameters }));
    expect((await visitor.get('/account/applications')).text).toContain('The wiki');

    const etag = etagIn((await root.get(EDIT.page)).text);
    await root.submit(`${AT}/remove`, { id: 'wiki', etag, ...SURE }, EDIT);
    expect(await proofOf(second)).toBe('invalid_client');
    const applications = await visitor.get('/account/applications');
    expect(applications.status).toBe(200);
    expect(applications.text).not.toContain('The wiki');

    const bin = await root.get('/admin/bin');
    const restore = /action="(\/admin\/bin\/[\w-]+\/restore)"/.exec(bin.text)?.[1] ?? '';
    await root.submit(restore, {}, { page: '/admin/bin' });
    expect(await proofOf(second)).toBe('taken');
    await expect(
      openid.refreshTokenGrant(await wiki(second), tokens.refresh_token ?? ''),
    ).rejects.toMatchObject({ error: 'invalid_grant' });
    expect((await visitor.get('/account/applications')).text).not.toContain('The wiki');
  });
});
