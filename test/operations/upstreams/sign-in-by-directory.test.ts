import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Directory, Reached } from '../../../src/directory/directory.ts';
import { SIGN_IN_SETTING } from '../../../src/domain/sign-in-setting.ts';
import type { LdapUpstream, Upstream } from '../../../src/domain/upstreams/upstream.ts';
import { resolveSession } from '../../../src/operations/resolve-session.ts';
import { signIn } from '../../../src/operations/sign-in.ts';
import { confirmPassword } from '../../../src/operations/confirm-password.ts';
import { disableUser } from '../../../src/operations/disable-user.ts';
import {
  anLdapUpstream,
  groupLdif,
  localDirectory,
  personDn,
  personLdif,
  reach,
  SECRETS,
} from '../../directory/ground.ts';
import { anOidcUpstream, aUser, movableClock, NOW } from '../../factories.ts';
import { freePort } from '../../support/disposable-postgres.ts';
import { aSignIn, addPerson, RIGHT, RIGHT_HASH, signInDeps } from '../../support/sign-in.ts';
import { describeWithSlapd, LDAP_HOST, type Slapd, startSlapd } from '../../support/slapd.ts';
import { testStores } from '../../support/stores.ts';
import { codeOf, upstreamGround } from '../../support/upstreams.ts';

const ground = await testStores();
const { stores, database } = ground;
const { clear, eventsOf } = upstreamGround(ground);

describeWithSlapd('a sign-in with the password of a directory', () => {
  let slapd: Slapd;
  /** What directories were asked: slug and name. */
  const asked: string[] = [];

  beforeAll(async () => {
    slapd = await startSlapd(
      [
        personLdif({ uid: 'ada', more: ['mail: ada@example.org', 'displayName: Ada Lovelace'] }),
        personLdif({ uid: 'eve', more: ['nsAccountLock: TRUE'] }),
        personLdif({ uid: 'root' }),
        groupLdif('staff', [personDn('ada')]),
      ].join('\n'),
    );
  });

  beforeEach(async () => {
    await clear();
    await database.knex('login_counters').del();
    asked.length = 0;
  });

  /** Signs in where these upstreams are; the first is stored and lets everybody in. */
  async function setUp(...upstreams: readonly Upstream[]) {
    for (const upstream of upstreams) await stores.upstreams.add(upstream, SECRETS, NOW);
    const live = new Map(upstreams.map((one) => [one.slug, { upstream: one, secrets: SECRETS }]));
    const real = localDirectory();
    const directory: Pick<Directory, 'authenticate' | 'proveAgain'> = {
      ...real,
      authenticate(reached: Reached, login, password) {
        asked.push(`${reached.upstream.slug} ${login}`);
        return real.authenticate(reached, login, password);
      },
    };
    const catalog = { current: () => ({ settings: new Map(), upstreams: live }) };
    return { ...signInDeps(ground), catalog, directory, clock: movableClock() };
  }

  const company = (overrides: Partial<LdapUpstream> = {}) =>
    reach(slapd, { groups: 'claims.groups', ...overrides }).upstream;
  const other = (overrides: Partial<LdapUpstream> = {}) =>
    company({ id: '6f0c6f2e-6a51-4f3c-9d5f-0b6b0f7a4e12', slug: 'other', ...overrides });

  it('is proved once more at the directory, by who has no password here', async () => {
    const deps = await setUp(company());
    const { user, session } = await signIn(deps, aSignIn({ password: 'ada password' }));
    await stores.users.update({ ...user, username: 'renamed' }, NOW);
    const browser = { deviceToken: undefined, ip: undefined, requestId: undefined };
    const confirm = (password: string) =>
      codeOf(confirmPassword(deps, { user, session, password, ...browser }));
    expect(await confirm('ada password')).toBe('in');
    expect(await confirm('wrong')).toBe('password_wrong');
    await slapd.halt();
    expect(await confirm('ada password')).toBe('upstream_unavailable');
    await slapd.resume();
  });

  it('makes the account, with name and groups, and begins a session', async () => {
    const deps = await setUp(company());
    const signedIn = await signIn(deps, aSignIn({ password: 'ada password' }));
    expect(signedIn.user).toMatchObject({
      username: 'ada',
      displayName: 'Ada Lovelace',
      source: 'company',
      groups: ['staff'],
    });
    const { session } = (await resolveSession(deps, signedIn.token))!;
    expect(session.methods).toEqual(['pwd']);
    expect(await stores.users.findPasswordHash(signedIn.user.id)).toBeUndefined();

    const again = aSignIn({ password: 'ada password', deviceToken: signedIn.deviceToken });
    expect((await signIn(deps, again)).user.id).toBe(signedIn.user.id);
    const counted = await database.knex('login_counters').where('count', '>', 0);
    expect(counted).toEqual([]);
  });

  it.each([
    ['a wrong password', { password: 'wrong' }, 'password_wrong'],
    ['an empty one', { password: '' }, 'password_wrong'],
    ['a name nobody has', { name: 'nobody' }, 'name_unknown'],
    ['a pattern for a name', { name: 'a*', password: 'ada password' }, 'name_unknown'],
    ['an account that is shut there', { name: 'eve', password: 'eve password' }, 'user_disabled'],
  ])('refuses %s as it refuses all others, and counts it', async (_, input, reason) => {
    const deps = await setUp(company());
    expect(await codeOf(signIn(deps, aSignIn(input)))).toBe('login_failed');
    expect(await eventsOf('session.refused')).toMatchObject([{ reason }]);
    expect(await database.knex('login_counters')).not.toEqual([]);
    expect(deps.passwords.calls.verify).toBe(1);
  });

  it('limits guesses as it does for everybody', async () => {
    const deps = await setUp(company());
    for (let nth = 0; nth < 4; nth++)
      expect(await codeOf(signIn(deps, aSignIn({ password: 'wrong' })))).toBe('login_failed');
    expect(await codeOf(signIn(deps, aSignIn({ password: 'ada password' })))).toBe('login_limited');
    expect(asked).toHaveLength(4);
  });

  it('shows no directory who has a password here, and asks it all the same for nobody', async () => {
    const deps = await setUp(company());
    await addPerson(ground, { username: 'ada' });
    expect(await codeOf(signIn(deps, aSignIn({ password: 'ada password' })))).toBe('login_failed');
    expect(asked).toHaveLength(1);
    expect(asked[0]).not.toContain('ada');
    expect((await signIn(deps, aSignIn({ password: RIGHT }))).user.source).toBe('local');
    expect(asked).toHaveLength(1);
  });

  it('is for whose password here counts no more, when their account is linked', async () => {
    const deps = await setUp(company());
    const { user } = await signIn(deps, aSignIn({ password: 'ada password' }));
    await stores.users.setPasswordHash(user.id, RIGHT_HASH, NOW);
    expect(await codeOf(signIn(deps, aSignIn({ password: 'ada password' })))).toBe('login_failed');
    const settings = new Map([[SIGN_IN_SETTING, { local: 'administrators' }]]);
    const catalog = { current: () => ({ ...deps.catalog.current(), settings }) };
    const strict = { ...deps, catalog };
    expect(await codeOf(signIn(strict, aSignIn({ password: RIGHT })))).toBe('login_failed');
    expect((await signIn(strict, aSignIn({ password: 'ada password' }))).user.id).toBe(user.id);
  });

  it('asks for who comes from a directory at that one alone', async () => {
    const deps = await setUp(company(), other());
    const ada = aUser({ groups: [], source: 'other', username: 'ada', email: undefined });
    await stores.users.add(ada, NOW);
    expect(await codeOf(signIn(deps, aSignIn({ password: 'wrong' })))).toBe('login_failed');
    expect(asked).toEqual(['other ada']);
  });

  it('lets nobody in by a directory who comes from another kind of upstream', async () => {
    const deps = await setUp(company(), anOidcUpstream({ slug: 'oidc' }));
    const ada = aUser({ groups: [], source: 'oidc', username: 'ada', email: undefined });
    await stores.users.add(ada, NOW);
    expect(await codeOf(signIn(deps, aSignIn({ password: 'ada password' })))).toBe('login_failed');
    expect(asked.join()).not.toContain('ada');
  });

  it('sends an address to the directory that claims its domain, and to no other', async () => {
    const deps = await setUp(company(), other({ emailDomains: ['example.org'] }));
    const input = aSignIn({ name: 'ada@Example.org', password: 'ada password' });
    expect((await signIn(deps, input)).user.source).toBe('other');
    expect(asked).toEqual(['other ada@Example.org']);
    asked.length = 0;
    await codeOf(signIn(deps, aSignIn({ name: 'ada@elsewhere.net' })));
    expect(asked).toEqual(['company ada@elsewhere.net', 'other ada@elsewhere.net']);
  });

  it('passes over directories that are switched off', async () => {
    const deps = await setUp(company({ disabled: true }));
    expect(await codeOf(signIn(deps, aSignIn({ password: 'ada password' })))).toBe('login_failed');
    expect(asked).toEqual([]);
  });

  it('says that a directory is down, and counts nothing', async () => {
    const deps = await setUp(company({ urls: [`ldap://${LDAP_HOST}:${await freePort()}`] }));
    const failure = await signIn(deps, aSignIn({ password: 'ada password' })).catch((e) => e);
    expect(failure).toMatchObject({
      code: 'upstream_unavailable',
      details: { slug: 'company', fault: 'unreachable' },
    });
    const counted = await database.knex('login_counters').where('count', '>', 0);
    expect(counted).toEqual([]);
    expect(await codeOf(signIn(deps, aSignIn({ name: 'local' })))).toBe('upstream_unavailable');
  });

  it('counts a password that one directory looked at while another was down', async () => {
    const down = { urls: [`ldap://${LDAP_HOST}:${await freePort()}`] };
    const deps = await setUp(company(down), other());
    expect(await codeOf(signIn(deps, aSignIn({ password: 'wrong' })))).toBe('login_failed');
    expect((await signIn(deps, aSignIn({ password: 'ada password' }))).user.source).toBe('other');
  });

  it('keeps out who was shut out here, with the answer of a wrong password', async () => {
    const deps = await setUp(company());
    const { user } = await signIn(deps, aSignIn({ password: 'ada password' }));
    const actor = { actorName: 'cli' };
    await disableUser(deps, { who: { id: user.id }, actor, permissions: [] });
    expect(await codeOf(signIn(deps, aSignIn({ password: 'ada password' })))).toBe('login_failed');
  });

  it('does not count who is right, and not let in by the rule', async () => {
    const deps = await setUp(company({ createRule: '0' }));
    expect(await codeOf(signIn(deps, aSignIn({ password: 'ada password' })))).toBe(
      'upstream_not_admitted',
    );
    const counted = await database.knex('login_counters').where('count', '>', 0);
    expect(counted).toEqual([]);
  });

  it('cannot be had by taking the name of somebody in the directory', async () => {
    const deps = await setUp(company());
    await addPerson(ground, { username: 'ada', email: 'someone@example.org' });
    const byMail = aSignIn({ name: 'ada@example.org', password: 'ada password' });
    expect(await codeOf(signIn(deps, byMail))).toBe('upstream_name_taken');
  });

  it('needs no directory when none is set up', async () => {
    const deps = await setUp();
    expect(await codeOf(signIn(deps, aSignIn()))).toBe('login_failed');
    expect(anLdapUpstream().slug).toBe('company');
  });
});
