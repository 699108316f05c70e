import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseConfigFile } from '../../src/config/config-file.ts';
import { systemRandom } from '../../src/crypto/random.ts';
import { makeRsaKey } from '../../src/crypto/rsa-key.ts';
import { CLI } from '../../src/operations/actor.ts';
import { applyConfig } from '../../src/operations/apply-config.ts';
import { exportConfig } from '../../src/operations/export-config.ts';
import { movableClock, NOW } from '../factories.ts';
import { type TestStores, testStores } from '../support/stores.ts';

const SECRET = 'wiki-secret-of-at-least-32-characters';
const NEXT = 'another-secret-of-at-least-32-characters';

const clock = movableClock();
let world: TestStores;
beforeAll(async () => {
  world = await testStores();
});

async function apply(text: string) {
  const { file, mistakes } = parseConfigFile(text, '/');
  const deps = {
    stores: world.stores,
    clock,
    random: systemRandom,
    makeKey: makeRsaKey,
    passwords: { hash: async () => '' },
  };
  const input = { file, mistakes, mode: 'write', prune: false, actor: CLI } as const;
  const publicUrl = new URL('https://auth.example.org');
  return applyConfig(deps, { ...input, publicUrl });
}

const file = (clients: string) => `
issuers:
  - slug: main
    useRule: 1
    clients:
${clients}`;
const JITSI = `
      - clientId: jitsi
        kind: jitsi
        redirectUris: [https://meet.example.org/static/sso.html]
        postLogoutRedirectUris: [https://meet.example.org/static/logout.html]
        audience: account`;
const wiki = (secret: string) => `
      - clientId: wiki
        kind: oidc
        name: The wiki
        redirectUris: [https://wiki.example.org/cb]
        scopes: [profile, groups]
        secret: ${secret}`;

/** The tests of this block tell one story. */
describe('the clients of an issuer, applied', () => {
  it('are made as the file says, with the defaults of their kind', async () => {
    expect((await apply(file(JITSI + wiki(SECRET)))).mistakes).toEqual([]);
    const main = await world.stores.issuers.findBySlug('main');
    expect(main?.clients).toEqual([
      expect.objectContaining({
        clientId: 'jitsi',
        auth: 'none',
        firstParty: true,
        audience: 'account',
        scopes: ['openid', 'profile', 'email'],
      }),
      expect.objectContaining({
        clientId: 'wiki',
        name: 'The wiki',
        auth: 'client_secret_basic',
        firstParty: false,
        audience: undefined,
        scopes: ['openid', 'profile', 'groups'],
      }),
    ]);
  });

  it('are the same the second time, and after an export, which tells no secret', async () => {
    expect((await apply(file(JITSI + wiki(SECRET)))).changes).toEqual([]);
    const text = stringify(await exportConfig(world.stores));
    expect(text).not.toContain(SECRET);
    expect(await apply(text)).toEqual({ changes: [], mistakes: [] });
  });

  it('get another secret, and the former is good for a day', async () => {
    clock.advance(60);
    const { changes } = await apply(file(JITSI + wiki(NEXT)));
    expect(changes[0]?.fields).toEqual([
      { field: 'clients[1].secret', before: '"(secret)"', after: '"(secret)"' },
    ]);
    const main = await world.stores.issuers.findBySlug('main');
    const secrets = (await world.stores.clients.listSecrets()).get(main!.id)?.get('wiki');
    const until = new Date(NOW.getTime() + (60 + 24 * 3600) * 1000);
    expect(secrets).toEqual({ secret: NEXT, former: { secret: SECRET, until } });
    const events = await world.stores.auditEvents.list({ limit: 10 });
    expect(JSON.stringify(events)).not.toMatch(/secret-of-at-least/);
  });

  it('are sealed at rest', async () => {
    const dump = JSON.stringify(await world.database.knex('clients'));
    const hex = JSON.stringify(Buffer.from(NEXT)).slice(20, 60);
    expect(dump).not.toContain(NEXT);
    expect(dump).not.toContain(hex);
    expect(await world.stores.sealedSecrets.openAll()).toBe(4);
  });

  it('lose the secret that they no longer need', async () => {
    await apply(file(`${JITSI}${wiki(NEXT).replace(/secret:.*/, 'auth: none')}`));
    expect(await world.stores.clients.listSecrets()).toEqual(new Map());
  });

  it('go when the file no longer names them', async () => {
    await apply(file(JITSI));
    const main = await world.stores.issuers.findBySlug('main');
    expect(main?.clients.map(({ clientId }) => clientId)).toEqual(['jitsi']);
  });

  it('need a secret when they prove themselves by one', async () => {
    const { mistakes } = await apply(file(wiki(SECRET).replace(/secret:.*/, '')));
    expect(mistakes).toMatchObject([
      { path: ['issuers', 0, 'clients', 0, 'auth'], message: 'client_secret_basic needs a secret' },
    ]);
  });
});

const mistakesIn = (text: string) =>
  parseConfigFile(text, '/').mistakes.map(({ path, message }) => [
    path.slice(2).join('.'),
    message,
  ]);

describe('mistakes in clients', () => {
  const HS = (text: string) =>
    text.replace('useRule: 1', `useRule: 1\n    algorithm: HS256\n    secret: ${SECRET}`);
  it.each([
    ['twins', file(JITSI + JITSI), 'clients.1.clientId'],
    [
      'no address',
      file(JITSI.replace(/redirectUris: \[.*\]/, 'redirectUris: []')),
      'clients.0.redirectUris',
    ],
    ['a wildcard', file(JITSI.replace('sso.html', '*')), 'clients.0.redirectUris.0'],
    [
      'plain http',
      file(JITSI.replace('https://meet.example.org/static/l', 'http://x.example/l')),
      'clients.0.postLogoutRedirectUris.0',
    ],
    [
      'a path in an origin',
      file(`${JITSI}\n        webOrigins: ["https://x.example/"]`),
      'clients.0.webOrigins.0',
    ],
    ['a secret of Jitsi', file(`${JITSI}\n        secret: ${SECRET}`), 'clients.0.secret'],
    ['a proof of Jitsi', file(`${JITSI}\n        auth: private_key_jwt`), 'clients.0.auth'],
    ['a short secret', file(wiki('short')), 'clients.0.secret'],
    [
      'keys and a secret',
      file(`${wiki(SECRET)}\n        auth: private_key_jwt`),
      'clients.0.secret',
    ],
    [
      'a private key',
      file(`${wiki(SECRET)}\n        jwks: { keys: [{ kty: RSA, n: x, e: y, d: z }] }`),
      'clients.0.jwks.keys.0',
    ],
    [
      'half a key',
      file(`${wiki(SECRET)}\n        jwks: { keys: [{ kty: RSA, e: AQAB }] }`),
      'clients.0.jwks.keys.0',
    ],
    [
      'a shared key',
      file(`${wiki(SECRET)}\n        jwks: { keys: [{ kty: oct, k: x }] }`),
      'clients.0.jwks.keys.0',
    ],
    ['any room of a wiki', file(`${wiki(SECRET)}\n        anyRoom: true`), 'clients.0.anyRoom'],
    [
      "a wiki named as Jitsi's audience",
      file(wiki(SECRET).replace('clientId: wiki', 'clientId: jitsi')),
      'clients.0.clientId',
    ],
    [
      "a wiki with Jitsi's audience",
      file(`${JITSI}${wiki(SECRET)}\n        audience: account`),
      'clients.1.audience',
    ],
    ['an HS issuer with Jitsi', HS(file(JITSI)), 'clients.0.kind'],
    ['an unknown key', file(`${JITSI}\n        redirectUri: x`), 'clients.0.redirectUri'],
    ['an unknown scope', file(wiki(SECRET).replace('groups', 'gruops')), 'clients.0.scopes.1'],
  ])('%s', (_what, text, path) => {
    expect(mistakesIn(text).map(([at]) => at)).toContain(path);
  });

  it('are none in what is right', () => {
    expect(mistakesIn(file(JITSI + wiki(SECRET)))).toEqual([]);
    expect(mistakesIn(HS(file(wiki(SECRET))))).toEqual([]);
  });
});

describe('room policies that a file names no more', () => {
  const policies = (rooms: string) => `issuers: [{ slug: kept, useRule: 1, rooms: ${rooms} }]`;
  const inBin = async () => {
    const kinds = ['room_policy'] as const;
    const { items } = await world.stores.bin.list({ kinds, now: clock.now(), limit: 99 });
    return items.map(({ name }) => name);
  };

  it('go to the bin', async () => {
    await apply(policies('[{ match: a }, { match: b, useRule: 0 }]'));
    expect(await inBin()).toEqual([]);
    await apply(policies('[{ match: a }]'));
    expect(await inBin()).toEqual(['kept / b']);
  });
});
