/**
 * What others try with a sign-in under way: RFC 9700, section 4.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { OidcQuirk } from '../../src/domain/upstreams/quirks.ts';
import { PUBLIC_URL } from '../support/app.ts';
import {
  CLIENT_SECRET,
  startProvider,
  type UpstreamProvider,
} from '../support/upstream-provider.ts';
import type { Visitor } from '../support/visitor.ts';
import { addUpstream, CALLBACK, companyApp, pathOf, toCallback } from './upstream-ground.ts';

const EVIL_CALLBACK = `${PUBLIC_URL}/upstream/evil/callback`;

/** Two upstreams: one honest, one whose operator is after the people of the other. */
async function twoProviders(quirks: readonly OidcQuirk[] = []) {
  const { app, provider: honest } = await companyApp({ quirks });
  const evil = await startProvider({ redirectUris: [EVIL_CALLBACK] });
  await addUpstream(app, evil, { slug: 'evil', name: 'Evil', quirks });
  return { app, honest, evil, visitor: app.visitor() };
}

async function begin(visitor: Visitor, slug: string): Promise<URL> {
  const { location = '' } = await visitor.get(`/upstream/${slug}/login`);
  return new URL(location);
}

const askedFor = (provider: UpstreamProvider, path: string) =>
  provider.asked.filter((asked) => asked.path === path).length;

const at = (callback: URL, pathname: string) => pathname + callback.search;

/** Nobody is in, and no provider got a code to look at. */
async function expectNothing(visitor: Visitor, providers: readonly UpstreamProvider[]) {
  expect(visitor.cookies.has('__Host-roomkey')).toBe(false);
  expect((await visitor.get('/account')).status).toBe(303);
  for (const provider of providers) expect(askedFor(provider, '/token')).toBe(0);
}

describe('a mix-up of providers', () => {
  it.each<[string, readonly OidcQuirk[]]>([
    ['that name themselves', []],
    ['of which none names itself', ['iss_parameter_missing']],
  ])('%s leads the code of one to nobody else', async (_, quirks) => {
    const { visitor, honest, evil } = await twoProviders(quirks);
    // The evil one passes its own visitor on to the honest one, with the state it was given.
    const asked = await begin(visitor, 'evil');
    const passedOn = new URL(`${honest.issuer}/auth${asked.search}`);
    passedOn.searchParams.set('redirect_uri', CALLBACK);
    const callback = await honest.pass(passedOn.href);
    if (quirks.length > 0) callback.searchParams.delete('iss');
    expect(callback.searchParams.get('code')).not.toBeNull();

    expect((await visitor.get(pathOf(callback.href))).status).toBe(400);
    await expectNothing(visitor, [honest, evil]);
  });

  it('is seen when the code of one is brought to the address of the other', async () => {
    const { visitor, honest, evil } = await twoProviders();
    const { searchParams } = await begin(visitor, 'evil');
    const callback = await honest.pass((await begin(visitor, 'company')).href);
    callback.searchParams.set('state', searchParams.get('state') ?? '');
    const answer = await visitor.get(at(callback, '/upstream/evil/callback'));
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('Another provider sent you back');
    await expectNothing(visitor, [honest, evil]);
  });
});

describe('a code', () => {
  it('that was redeemed signs nobody in again, in a sign-in of their own', async () => {
    const { app, provider } = await companyApp();
    const victim = app.visitor();
    const used = new URL(await toCallback(victim, provider), PUBLIC_URL);
    expect((await victim.get(at(used, used.pathname))).status).toBe(303);

    const thief = app.visitor();
    const own = await begin(thief, 'company');
    used.searchParams.set('state', own.searchParams.get('state') ?? '');
    const answer = await thief.get(at(used, used.pathname));
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('It does not take the code back that it gave.');
    expect(thief.cookies.has('__Host-roomkey')).toBe(false);
  });

  it('that was stolen on the way is nothing without the proof that went before it', async () => {
    const { app, provider } = await companyApp();
    const stolen = new URL(await toCallback(app.visitor(), provider), PUBLIC_URL);
    const thief = app.visitor();
    const own = await begin(thief, 'company');
    stolen.searchParams.set('state', own.searchParams.get('state') ?? '');
    expect((await thief.get(at(stolen, stolen.pathname))).status).toBe(400);
    // It came as far as the provider, which saw another proof.
    expect(askedFor(provider, '/token')).toBe(1);
    expect(thief.cookies.has('__Host-roomkey')).toBe(false);
  });

  it('of somebody else signs nobody in as them', async () => {
    const { app, provider } = await companyApp();
    const mallory = await toCallback(app.visitor(), provider);
    const victim = app.visitor();
    await begin(victim, 'company');
    expect((await victim.get(mallory)).status).toBe(400);
    expect((await app.visitor().get(mallory)).status).toBe(400);
    await expectNothing(victim, [provider]);
  });
});

describe('a sign-in that goes well', () => {
  it('tells no code, token or secret to pages, log and audit', async () => {
    const { app, provider } = await companyApp();
    provider.wrongs.thin = true;
    const visitor = app.visitor();
    const asked = await begin(visitor, 'company');
    const callback = await provider.pass(asked.href);
    const answer = await visitor.get(pathOf(callback.href));
    expect(answer.status).toBe(303);
    const account = await visitor.get('/account');

    const { knex } = app.database;
    const kept = await Promise.all(
      ['audit_events', 'upstream_logins', 'upstream_sessions', 'users', 'identities'].map((table) =>
        knex(table),
      ),
    );
    const rows = kept.flat().map((row) => JSON.stringify(row));
    const told = [answer.text, account.text, app.log(), ...rows].join('\n');
    const cookies = [...visitor.cookies.values()];
    const secrets = [
      CLIENT_SECRET,
      callback.searchParams.get('code'),
      asked.searchParams.get('state'),
      asked.searchParams.get('nonce'),
      ...cookies,
    ];
    for (const secret of secrets) {
      expect(String(secret).length).toBeGreaterThan(20);
      expect(told).not.toContain(secret);
    }
    expect(told).not.toMatch(/eyJ[\w-]{10}/);
  });
});
