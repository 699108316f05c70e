import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { tokenHash } from '../../src/crypto/digest.ts';
import type { NewUpstreamLogin } from '../../src/stores/upstream-logins.ts';
import { aUser, NOW } from '../factories.ts';
import { testStores } from '../support/stores.ts';
import { UPSTREAM_SECRETS, upstreamAt } from '../support/upstream-provider.ts';

const { stores, database } = await testStores();
const upstream = upstreamAt('https://id.example', { id: randomUUID() });
await stores.upstreams.add(upstream, UPSTREAM_SECRETS, NOW);

const seconds = (count: number) => new Date(NOW.getTime() + count * 1000);
const browserHash = () => tokenHash(randomUUID());

function login(overrides: Partial<NewUpstreamLogin> = {}): NewUpstreamLogin {
  return {
    id: tokenHash(randomUUID()).toString('base64url'),
    upstreamId: upstream.id,
    browserHash: browserHash(),
    network: '203.0.113.9',
    purpose: 'sign_in',
    userId: undefined,
    returnTo: '/jitsi/login?room=x',
    fresh: false,
    nonce: 'nonce-canary',
    verifier: 'verifier-canary',
    createdAt: NOW,
    expiresAt: seconds(600),
    ...overrides,
  };
}

const count = async () =>
  Number((await database.knex('upstream_logins').count({ n: '*' }).first())?.n);

describe('a sign-in under way', () => {
  it('is given to one of fifty who ask at once', async () => {
    const one = login();
    await stores.upstreamLogins.add(one);
    const taken = await Promise.all(
      Array.from({ length: 50 }, () => stores.upstreamLogins.take(one.id, one.browserHash, NOW)),
    );
    const { id: _id, browserHash: _hash, network: _network, ...kept } = one;
    expect(taken.filter((found) => found !== undefined)).toEqual([kept]);
  });

  it('is nothing for another browser, and stays', async () => {
    const one = login();
    await stores.upstreamLogins.add(one);
    expect(await stores.upstreamLogins.take(one.id, browserHash(), NOW)).toBeUndefined();
    expect(await stores.upstreamLogins.take(one.id, one.browserHash, NOW)).toBeDefined();
  });

  it('ends after its time, and is swept', async () => {
    const one = login({ expiresAt: seconds(1) });
    await stores.upstreamLogins.add(one);
    expect(await stores.upstreamLogins.take(one.id, one.browserHash, seconds(1))).toBeUndefined();
    const before = await count();
    expect(await stores.upstreamLogins.sweep(seconds(1), 100)).toBe(1);
    expect(await count()).toBe(before - 1);
  });

  it('makes way for newer ones of the same browser', async () => {
    const own = browserHash();
    const logins = Array.from({ length: 25 }, (_, nth) =>
      login({ browserHash: own, createdAt: seconds(nth) }),
    );
    for (const one of logins) await stores.upstreamLogins.add(one);
    const found = [];
    for (const one of logins)
      found.push((await stores.upstreamLogins.take(one.id, own, NOW)) !== undefined);
    expect(found).toEqual(logins.map((_, nth) => nth >= 5));
  });

  it.each(['198.51.100.7', 'unknown'])(
    'cannot fill the table from the network %s, whatever the browser',
    async (network) => {
      const others = await count();
      const { knex } = database;
      const row = {
        upstream_id: upstream.id,
        network,
        purpose: 'sign_in',
        return_to: '/',
        fresh: false,
        sealed_secrets: Buffer.alloc(1),
        expires_at: seconds(600),
        created_at: NOW,
      };
      const many = Array.from({ length: 1000 }, () => ({
        ...row,
        id: randomUUID(),
        browser_hash: browserHash(),
      }));
      await knex.batchInsert('upstream_logins', many, 200);
      for (let nth = 0; nth < 5; nth++)
        await stores.upstreamLogins.add(login({ network, createdAt: seconds(1) }));
      expect(await count()).toBe(others + 1000);
      await knex('upstream_logins').where({ return_to: '/' }).del();
    },
  );

  it('is kept without a secret in clear', async () => {
    await stores.upstreamLogins.add(login());
    const rows = await database.knex('upstream_logins');
    expect(JSON.stringify(rows)).not.toContain('canary');
    expect(Buffer.concat(rows.map((row) => row.sealed_secrets)).includes('canary')).toBe(false);
  });
});

describe('what signs out at an upstream', () => {
  it('is kept with the sign-in, sealed, and goes with it', async () => {
    const user = aUser({ id: randomUUID(), username: 'grace', groups: [] });
    await stores.users.add(user, NOW);
    const session = {
      id: randomUUID(),
      userId: user.id,
      methods: ['pwd'] as const,
      authenticatedAt: NOW,
      createdAt: NOW,
      lastSeenAt: NOW,
      idleExpiresAt: seconds(60),
      expiresAt: seconds(60),
      remembered: false,
      ip: undefined,
      userAgent: undefined,
    };
    const kept = { upstreamId: upstream.id, idToken: 'token-canary' };
    await stores.upstreamSessions.keep(session.id, kept);
    expect(await stores.upstreamSessions.find(session.id)).toBeUndefined();

    await stores.sessions.add(session, tokenHash('x'));
    await stores.upstreamSessions.keep(session.id, kept);
    expect(await stores.upstreamSessions.find(session.id)).toEqual(kept);
    const [row] = await database.knex('upstream_sessions');
    expect(row.sealed_id_token.includes('canary')).toBe(false);
    await stores.sessions.end(session.id, user.id);
    expect(await stores.upstreamSessions.find(session.id)).toBeUndefined();
  });
});
