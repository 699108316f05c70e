import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseConfigFile } from '../../src/config/config-file.ts';
import { systemRandom } from '../../src/crypto/random.ts';
import { makeRsaKey } from '../../src/crypto/rsa-key.ts';
import { CLI } from '../../src/operations/actor.ts';
import { type ApplyConfigInput, applyConfig } from '../../src/operations/apply-config.ts';
import { exportConfig } from '../../src/operations/export-config.ts';
import type { Stores } from '../../src/stores/index.ts';
import { frozenClock, NOW } from '../factories.ts';
import { testStores } from '../support/stores.ts';

const DEMO = readFileSync(new URL('../../config/demo.yaml', import.meta.url), 'utf8');
const HASH = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaGhhc2g';

let stores: Stores;
beforeAll(async () => {
  ({ stores } = await testStores());
});

type Options = Partial<Pick<ApplyConfigInput, 'mode' | 'prune' | 'mistakes'>>;

async function apply(text: string, options: Options = {}) {
  const { file, mistakes } = parseConfigFile(text, '/');
  const deps = {
    stores,
    clock: frozenClock,
    random: systemRandom,
    makeKey: makeRsaKey,
    passwords: { hash: async (password: string) => `${HASH}${password.length}` },
  };
  return applyConfig(deps, {
    file,
    mistakes,
    mode: 'write',
    prune: false,
    publicUrl: new URL('https://auth.example.org'),
    actor: CLI,
    ...options,
  });
}

async function changesOf(text: string, options: Options = {}) {
  const { changes, mistakes } = await apply(text, options);
  expect(mistakes).toEqual([]);
  return changes.map(({ kind, what, name }) => `${kind} ${what} ${name}`);
}

const exported = async () => stringify(await exportConfig(stores));

/** The tests of this file tell one story, from an empty database on. */
describe('applyConfig', () => {
  it('writes nothing in a dry run', async () => {
    const { changes } = await apply(DEMO, { mode: 'plan' });
    expect(changes).toHaveLength(19);
    expect(await stores.issuers.list()).toEqual([]);
    expect(await stores.groups.list()).toEqual([]);
  });

  it('writes nothing when the file has a mistake of its own', async () => {
    const { changes } = await apply(DEMO, { mistakes: [{}] });
    expect(changes).toHaveLength(19);
    expect(await stores.users.list({ limit: 1 })).toEqual([]);
  });

  it('makes what the demo declares', async () => {
    const version = BigInt(await stores.catalogVersion.current());
    await changesOf(DEMO);

    const grace = await stores.users.findByLoginName('GRACE@demo.example');
    expect(grace?.user).toMatchObject({
      displayName: 'Grace Hopper',
      groups: ['board', 'staff', 'teachers'],
      attributes: { department: 'computing' },
      role: undefined,
    });
    expect(grace?.passwordHash).toBe(`${HASH}${'demo-only-grace-hopper'.length}`);
    expect((await stores.users.findByLoginName('lise'))?.user.disabledAt).toEqual(NOW);
    expect(await stores.users.countAdministrators()).toBe(1);

    const [main, partner] = await stores.issuers.list();
    expect(main).toMatchObject({ iss: 'https://auth.example.org/', useRule: '1' });
    expect(partner).toMatchObject({
      iss: 'https://auth.example.org/realms/partner',
      rooms: [{ match: 'exam-*' }],
    });
    expect((await stores.issuers.listSecrets()).get(partner!.id)).toMatch(/^demo-only-shared/);
    expect(BigInt(await stores.catalogVersion.current())).toBeGreaterThan(version);
  });

  it('gives an RS issuer its keys, an HS issuer none', async () => {
    const [main, partner] = await stores.issuers.list();
    const stages = (await stores.signingKeys.listOf(main!.id)).map(({ stage }) => stage);
    expect(stages.sort()).toEqual(['active', 'next']);
    expect(await stores.signingKeys.listOf(partner!.id)).toEqual([]);
  });

  it('writes down who did it', async () => {
    const events = await stores.auditEvents.list({ limit: 100 });
    expect(events).toHaveLength(19);
    expect(new Set(events.map(({ actorName }) => actorName))).toEqual(new Set(['cli']));
  });

  it('sets the look of the pages, and says what is wrong with one', async () => {
    const look = (rest: string) => `branding:\n  name: Acme\n${rest}`;
    expect(await changesOf(look('  color: "#112233"\n'))).toEqual(['changed branding Acme']);
    expect(await stores.settings.find('branding')).toEqual({ name: 'Acme', color: '#112233' });
    const wrong = look('  color: red\n  logoUrl: //evil.example/x\n  colour: x\n');
    expect(parseConfigFile(wrong, '/').mistakes).toHaveLength(3);
    expect(await changesOf(DEMO)).toEqual(['changed branding Lovelace School']);
  });

  it('changes nothing the second time', async () => {
    const version = await stores.catalogVersion.current();
    expect(await changesOf(DEMO)).toEqual([]);
    expect(await changesOf(DEMO, { prune: true })).toEqual([]);
    expect(await stores.catalogVersion.current()).toBe(version);
  });

  it('exports a file without secrets that changes nothing', async () => {
    const text = await exported();
    expect(text).not.toMatch(/demo-only|argon2id|secret/);
    expect(parseConfigFile(text, '/').mistakes).toEqual([]);
    expect(await changesOf(text)).toEqual([]);
    expect(await changesOf(text, { prune: true })).toEqual([]);
  });

  it('shows before and after, and masks secrets', async () => {
    const secret = 'another-secret-of-thirty-two-bytes';
    const text = DEMO.replace('tokenTtlSeconds: 120', 'tokenTtlSeconds: 60')
      .replace('demo-only-shared-with-the-partners-prosody', secret)
      .replace(
        "- match: exam-*\n        useRule: inGroup('teachers')",
        '- match: exam-*\n        useRule: 0',
      )
      .replace('site: london', 'site: paris');
    const { changes } = await apply(text, { mode: 'plan' });
    expect(changes.map(({ name, fields }) => [name, fields])).toEqual([
      [
        'partner',
        [
          { field: 'tokenTtlSeconds', before: '120', after: '60' },
          {
            field: 'rooms[0].useRule',
            before: `"inGroup('teachers') && auth.age < 3600"`,
            after: '"0 && auth.age < 3600"',
          },
          { field: 'secret', before: '"(secret)"', after: '"(secret)"' },
        ],
      ],
      ['ada', [{ field: 'attributes.site', before: '"london"', after: '"paris"' }]],
    ]);
    expect(JSON.stringify(changes)).not.toContain(secret);
  });

  it('sets of a user only what the file names, and never the password again', async () => {
    const before = await stores.users.findByLoginName('emmy');
    const text =
      'users:\n  - username: emmy\n    password: quite-another-password\n    groups: [staff]';
    expect(await changesOf(text)).toEqual(['changed user emmy']);
    const after = await stores.users.findByLoginName('emmy');
    expect(after?.user).toEqual({ ...before?.user, groups: ['staff'] });
    expect(after?.passwordHash).toBe(before?.passwordHash);
  });

  it('sets passwordHash always, and ends the sessions of who it is', async () => {
    const emmy = (await stores.users.findByLoginName('emmy'))!.user;
    await startSession(emmy.id);
    const text = `users:\n  - username: emmy\n    passwordHash: ${HASH}`;
    expect(await changesOf(text)).toEqual(['changed user emmy']);
    expect(await changesOf(text)).toEqual([]);
    expect(await stores.users.findPasswordHash(emmy.id)).toBe(HASH);
    expect(await stores.sessions.listOfUser(emmy.id, NOW)).toEqual([]);
  });

  it('ends the sessions of who is disabled', async () => {
    const emmy = (await stores.users.findByLoginName('emmy'))!.user;
    await startSession(emmy.id);
    await changesOf('users:\n  - username: emmy\n    disabled: true');
    expect(await stores.sessions.listOfUser(emmy.id, NOW)).toEqual([]);
  });

  it('makes an issuer what the file says: absent is default; iss, secret and keys are kept', async () => {
    const before = await stores.issuers.list();
    const [main] = before;
    const keys = await stores.signingKeys.listOf(main!.id);
    await changesOf('issuers:\n  - slug: main\n    useRule: 0');
    const after = await stores.issuers.findBySlug('main');
    expect(after).toMatchObject({ iss: main!.iss, rooms: [], features: undefined, name: 'main' });
    expect(await stores.signingKeys.listOf(main!.id)).toEqual(keys);

    const partner = 'issuers:\n  - slug: partner\n    useRule: 0\n    algorithm: HS256';
    expect(await changesOf(partner)).toEqual(['changed issuer partner']);
    expect((await stores.issuers.listSecrets()).size).toBe(1);
  });

  it('makes keys when an issuer leaves HS for RS', async () => {
    await changesOf('issuers:\n  - slug: partner\n    useRule: 0');
    const partner = await stores.issuers.findBySlug('partner');
    expect(await stores.signingKeys.listOf(partner!.id)).toHaveLength(2);
  });

  it.each([
    ['users:\n  - username: x\n    groups: [staf]', 'users.0.groups.0', 'did you mean staff?'],
    ['users:\n  - username: x\n    password: short', 'users.0.password', 'choose another'],
    ['users:\n  - username: x\n    email: ada@demo.example', 'users.0.email', undefined],
    ['users:\n  - username: Ada@demo.example', 'users.0.username', undefined],
    ['users:\n  - { username: x, email: y@z }\n  - username: y@z', 'users.1.username', undefined],
    ['users:\n  - username: ada\n    admin: false', 'users', 'give one of the users admin: true'],
    ['users:\n  - username: ada\n    disabled: true', 'users', 'give one of the users admin: true'],
    [
      `users:\n  - {username: x, password: a-long-and-odd-sentence, passwordHash: "${HASH}"}`,
      'users.0.passwordHash',
      undefined,
    ],
    ['groups:\n  - name: Staff', 'groups.0.name', 'write staff'],
    [
      'issuers:\n  - slug: other\n    useRule: 1\n    algorithm: HS256',
      'issuers.0.algorithm',
      'give secretFile',
    ],
    [
      'issuers:\n  - slug: partner\n    useRule: 1\n    algorithm: HS512',
      'issuers.0.algorithm',
      'give secretFile',
    ],
  ])('refuses what the database contradicts: %j', async (text, path, hint) => {
    const before = await exported();
    const { mistakes } = await apply(text);
    if (path !== undefined) {
      expect(mistakes.map((mistake) => mistake.path.join('.'))).toEqual([path]);
      expect(mistakes[0]?.hint?.slice(0, hint?.length)).toBe(hint);
    }
    expect(await exported()).toBe(before);
  });

  it('does not touch sections the file has not, even when it prunes', async () => {
    expect(await changesOf('', { prune: true })).toEqual([]);
  });

  it('prunes what the sections that are present do not name, the last administrator never', async () => {
    const groups = 'groups:\n  - name: staff\n  - name: board';
    expect(await changesOf(groups, { prune: true })).toEqual(['removed group teachers']);
    const issuers = 'issuers:\n  - slug: main\n    useRule: 0';
    expect(await changesOf(issuers, { prune: true })).toEqual(['removed issuer partner']);

    const withoutAda = await apply('users:\n  - username: linus', { prune: true });
    expect(withoutAda.mistakes.map(({ message }) => message)).toEqual([
      'this would leave no administrator',
    ]);
    expect(await stores.users.findByLoginName('grace')).toBeDefined();

    const removed = await changesOf('users:\n  - username: ada', { prune: true });
    expect(removed).toHaveLength(11);
    expect((await stores.users.list({ limit: 100 })).map(({ username }) => username)).toEqual([
      'ada',
    ]);
  });

  it('makes a name free for who comes in the same file', async () => {
    await changesOf('users:\n  - { username: old, email: chair@x.example }');
    const text = 'users:\n  - username: ada\n  - { username: new, email: chair@x.example }';
    const { mistakes } = await apply(text, { prune: true });
    expect(mistakes).toEqual([]);
  });
});

async function startSession(userId: string): Promise<void> {
  const later = new Date(NOW.getTime() + 3_600_000);
  const session = {
    id: systemRandom.uuid(),
    userId,
    methods: ['pwd'],
    authenticatedAt: NOW,
    createdAt: NOW,
    lastSeenAt: NOW,
    idleExpiresAt: later,
    expiresAt: later,
    remembered: false,
    ip: undefined,
    userAgent: undefined,
  } as const;
  await stores.sessions.add(session, Buffer.from(session.id));
}

describe('a link for a new password', () => {
  it.each(['role: administrator', 'email: ada@example.com'])('dies with %s', async (line) => {
    const file = (more: string) => `users:\n  - username: promoted\n${more}`;
    await apply(file(''));
    const user = (await stores.users.findByLoginName('promoted'))?.user;
    const expiresAt = new Date(NOW.getTime() + 1000);
    const tokenHash = Buffer.alloc(32, line);
    await stores.passwordLinks.replace({ tokenHash, userId: user?.id ?? '', now: NOW, expiresAt });
    await apply(file(`    ${line}\n`));
    expect(await stores.passwordLinks.findOwner(tokenHash, NOW)).toBeUndefined();
  });
});
