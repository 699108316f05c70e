/**
 * Ways to get at somebody else's account, or at more rights, by what a provider says of oneself.
 */
import { beforeEach, describe, expect, it } from 'vitest';
import { SIGN_IN_SETTING } from '../../../src/domain/sign-in-setting.ts';
import type { OidcUpstream } from '../../../src/domain/upstreams/upstream.ts';
import type { User } from '../../../src/domain/user.ts';
import { admit } from '../../../src/operations/upstreams/admit.ts';
import { linkIdentity } from '../../../src/operations/upstreams/links.ts';
import { type Author, BY_CLI } from '../../../src/operations/actor.ts';
import { removeUpstream } from '../../../src/operations/upstreams/remove-upstream.ts';
import { saveUpstream } from '../../../src/operations/upstreams/save-upstream.ts';
import { anAssertion, anLdapUpstream, anOidcUpstream, NOW } from '../../factories.ts';
import { RIGHT_HASH, signInDeps } from '../../support/sign-in.ts';
import { testStores } from '../../support/stores.ts';
import { codeOf, saying, upstreamGround, word } from '../../support/upstreams.ts';

const ground = await testStores();
const { stores, database } = ground;
const deps = signInDeps(ground);
const { anAccount, anUpstream, clear, eventsOf } = upstreamGround(ground);

beforeEach(async () => {
  await clear();
  await database.knex('settings').del();
});

const ADA = { username: 'ada', email: 'ada@example.org' };
const VERIFIED = { email: 'ada@example.org', email_verified: true };

const linksOf = async ({ id }: User) => (await stores.identities.listOfUser(id)).length;
const withPassword = ({ id }: User) => stores.users.setPasswordHash(id, RIGHT_HASH, NOW);

describe('an address that a trusted provider names', () => {
  it.each<[string, Record<string, unknown>, Partial<OidcUpstream>?]>([
    ['is not said to be verified', { email: 'ada@example.org' }],
    ['is said not to be verified', { ...VERIFIED, email_verified: false }],
    ['is verified in words alone', { ...VERIFIED, email_verified: 'true' }],
    [
      'is believed without that, for want of the claim',
      { email: 'ada@example.org' },
      { quirks: ['email_verified_missing'] },
    ],
    [
      'is another claim than the verified one',
      { email: 'eve@example.org', email_verified: true, upn: 'ada@example.org' },
      { mapping: { email: 'claims.upn' } },
    ],
    ['has a wide letter', { ...VERIFIED, email: '\uff41da@example.org' }],
    ['has a wide letter in its domain', { ...VERIFIED, email: 'ada@ex\uff41mple.org' }],
    ['has wide signs', { ...VERIFIED, email: 'ada@example\uff0eorg' }],
  ])('leads to no account when it %s', async (_what, claims, traits) => {
    const upstream = await anUpstream({ trusted: true, ...traits });
    const ada = await anAccount(ADA);
    expect(await codeOf(admit(deps, word(upstream, saying(claims))))).toBe('upstream_name_taken');
    expect(await linksOf(ada)).toBe(0);
  });

  it('leads to no account by a sign that is only lower-cased to its letter', async () => {
    const upstream = await anUpstream({ trusted: true });
    const kim = await anAccount({ username: 'kim', email: 'kim@example.org' });
    // The sign of the unit Kelvin.
    const claims = { email: '\u212aim@example.org', email_verified: true };
    expect(await codeOf(admit(deps, word(upstream, saying(claims))))).toBe('upstream_name_taken');
    expect(await linksOf(kim)).toBe(0);
  });

  it('leads to no account that its owner can link with a password', async () => {
    const upstream = await anUpstream({ trusted: true, createRule: '0' });
    const ada = await anAccount(ADA);
    await withPassword(ada);
    const input = word(upstream, saying(VERIFIED));
    expect(await codeOf(admit(deps, input))).toBe('upstream_name_taken');
    expect(await linksOf(ada)).toBe(0);
    expect(await eventsOf('session.refused')).toMatchObject([
      { actorId: undefined, actorName: 'upstream:company', reason: 'upstream_name_taken' },
    ]);

    const linking = { userId: ada.id, upstream, ip: undefined, requestId: undefined };
    await linkIdentity(deps, { ...linking, ...saying(VERIFIED) });
    expect((await admit(deps, input)).user.id).toBe(ada.id);
  });

  it('is enough where passwords are for administrators alone', async () => {
    const upstream = await anUpstream({ trusted: true });
    const ada = await anAccount(ADA);
    await withPassword(ada);
    await stores.settings.set(SIGN_IN_SETTING, { local: 'administrators' }, NOW);
    expect((await admit(deps, word(upstream, saying(VERIFIED)))).user.id).toBe(ada.id);
  });

  it.each(['administrator', 'user_manager', 'auditor'] as const)(
    'never leads to the account of the %s',
    async (role) => {
      const upstream = await anUpstream({ trusted: true });
      const ada = await anAccount({ ...ADA, role });
      await stores.settings.set(SIGN_IN_SETTING, { local: 'administrators' }, NOW);
      const attempt = admit(deps, word(upstream, saying(VERIFIED)));
      expect(await codeOf(attempt)).toBe('upstream_name_taken');
      expect(await linksOf(ada)).toBe(0);
    },
  );

  it('is enough from the operator’s own directory, which a sync links by', async () => {
    const upstream = anLdapUpstream({ trusted: true });
    await stores.upstreams.add(upstream, { secret: undefined, privateKey: undefined }, NOW);
    const ada = await anAccount(ADA);
    await withPassword(ada);
    const claims = { uid: 'lovelace', mail: 'ada@example.org' };
    const input = word(upstream, { assertion: anAssertion({ claims }) });
    expect((await admit(deps, input)).user.id).toBe(ada.id);
  });
});

describe('a person whom the provider calls otherwise from now on', () => {
  it.each<[string, Record<string, unknown>]>([
    ['the address of another', VERIFIED],
    ['the name of another', { preferred_username: 'ada' }],
    ['the name of another in other letters', { preferred_username: 'ADA' }],
    ['a name that looks the same', { preferred_username: '\uff41da' }],
    ['the address of another as name', { preferred_username: 'Ada@Example.org' }],
  ])('does not become them by %s', async (_what, claims) => {
    const upstream = await anUpstream({ trusted: true });
    const grace = await admit(deps, word(upstream));
    const ada = await anAccount(ADA);
    const attempt = admit(deps, word(upstream, saying(claims)));
    expect(await codeOf(attempt)).toBe('upstream_name_taken');
    expect(await stores.users.findById(ada.id)).toMatchObject(ADA);
    expect(await linksOf(ada)).toBe(0);
    expect(await stores.users.findById(grace.user.id)).toMatchObject({ username: 'grace' });
  });

  it('is the same person, whatever they are called', async () => {
    const upstream = await anUpstream();
    const before = await admit(deps, word(upstream, saying({ email: 'g@example.com' })));
    const after = { preferred_username: 'other', email: 'other@example.com' };
    expect((await admit(deps, word(upstream, saying(after)))).user.id).toBe(before.user.id);
  });

  it('leaves the old name to whoever has it next, and nothing with it', async () => {
    const upstream = await anUpstream();
    const first = await admit(deps, word(upstream, saying({ groups: ['staff'] })));
    await admit(deps, word(upstream, saying({ preferred_username: 'hopper', groups: ['staff'] })));
    const second = await admit(deps, word(upstream, saying({}, 'subject-2')));
    expect(second.user.id).not.toBe(first.user.id);
    expect(second.user).toMatchObject({ username: 'grace', groups: [] });
  });
});

describe('a stranger with a name that is another’s', () => {
  it.each(['grace', 'GRACE', '\uff47race', ' grace '])('is nobody as %j', async (name) => {
    const upstream = await anUpstream();
    const { user } = await admit(deps, word(upstream));
    const input = word(upstream, saying({ preferred_username: name }, 'subject-2'));
    expect(await codeOf(admit(deps, input))).toBe('upstream_name_taken');
    expect(await linksOf(user)).toBe(1);
  });

  it('is nobody with a directory’s password, either', async () => {
    const upstream = anLdapUpstream();
    await stores.upstreams.add(upstream, { secret: undefined, privateKey: undefined }, NOW);
    const invited = await anAccount(ADA);
    const assertion = anAssertion({ claims: { uid: 'Ada', mail: 'ada@example.org' } });
    const input = word(upstream, { assertion, methods: ['pwd'] });
    expect(await codeOf(admit(deps, input))).toBe('upstream_name_taken');
    expect(await linksOf(invited)).toBe(0);
  });

  it('is one of ten who come first at once, of whom one is taken', async () => {
    const upstream = await anUpstream();
    const subjects = Array.from({ length: 10 }, (_, nth) => `subject-${nth}`);
    const outcomes = await Promise.all(
      subjects.map((subject) => codeOf(admit(deps, word(upstream, saying({}, subject))))),
    );
    expect(outcomes.filter((outcome) => outcome === 'in')).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set(['in', 'upstream_name_taken']));
    expect(await eventsOf('user.created')).toHaveLength(1);
  });
});

describe('another provider', () => {
  it('is another, with the same subject, name and address', async () => {
    const upstream = await anUpstream();
    const other = anOidcUpstream({
      id: '22222222-2222-4222-8222-222222222222',
      slug: 'other',
      trusted: true,
    });
    await stores.upstreams.add(other, { secret: 'x', privateKey: undefined }, NOW);
    const { user } = await admit(deps, word(upstream, saying(VERIFIED)));
    const attempt = admit(deps, word(other, saying(VERIFIED)));
    expect(await codeOf(attempt)).toBe('upstream_name_taken');
    expect(await linksOf(user)).toBe(1);
    const stranger = { preferred_username: 'stranger' };
    const { user: second } = await admit(deps, word(other, saying(stranger)));
    expect(second.id).not.toBe(user.id);
  });
});

describe('the rights of the administration', () => {
  const GRAND = {
    role: 'administrator',
    admin: true,
    roles: ['administrator'],
    groups: ['administrator', 'administrators', 'admin'],
    permissions: ['users:write'],
  };

  it('are given by no claim, attribute or group', async () => {
    const attributes = { role: 'claims.role', admin: 'claims.admin', source: "'local'" };
    const upstream = await anUpstream({ attributes });
    for (const _sign of ['first', 'next']) {
      const { user } = await admit(deps, word(upstream, saying(GRAND)));
      expect(await stores.users.findById(user.id)).toMatchObject({
        role: undefined,
        source: 'company',
        groups: ['admin', 'administrator', 'administrators'],
      });
    }
    expect(await stores.users.countAdministrators()).toBe(0);
  });

  it('are neither taken by any', async () => {
    const upstream = await anUpstream();
    const { user } = await admit(deps, word(upstream));
    await stores.users.update({ ...user, role: 'administrator' }, NOW);
    await admit(deps, word(upstream, saying({ role: 'none', groups: ['staff'] })));
    expect(await stores.users.findById(user.id)).toMatchObject({ role: 'administrator' });
  });
});

describe('a provider that vouches for an administrator', () => {
  const OIDC = { issuerUrl: 'https://eve.example.com', auth: 'none' };
  const endpoints = {
    authorization: 'https://eve.example.com/auth',
    token: 'https://eve.example.com/token',
    jwks: 'https://eve.example.com/jwks',
  };
  const { actor } = BY_CLI;
  const KEY = { actor, permissions: ['upstreams:read', 'upstreams:write', 'users:write'] } as const;

  const setUp = async (type: 'oidc' | 'ldap', role: User['role']) => {
    const upstream = type === 'oidc' ? await anUpstream() : anLdapUpstream({ slug: 'company' });
    if (type === 'ldap')
      await stores.upstreams.add(upstream, { secret: 'x', privateKey: undefined }, NOW);
    const ada = await anAccount({ ...ADA, role });
    await linkIdentity(deps, {
      userId: ada.id,
      upstream,
      ip: undefined,
      requestId: undefined,
      ...saying({ uid: 'grace' }),
    });
    return (fields: Record<string, unknown>, author: Author = KEY) =>
      codeOf(saveUpstream(deps, { slug: 'company', fields, how: 'change', ...author }));
  };

  it.each<['oidc' | 'ldap', Record<string, unknown>]>([
    ['oidc', OIDC],
    ['oidc', { endpoints, clientSecret: 'mine' }],
    ['ldap', { urls: ['ldaps://eve.example.com'], bindPassword: 'mine' }],
    ['ldap', { security: 'none', bindPassword: 'mine' }],
    ['ldap', { baseDn: 'ou=eve,dc=example,dc=org' }],
    ['ldap', { subjectAttribute: 'description' }],
  ])('of %s is not exchanged by who may do less: %j', async (type, fields) => {
    const change = await setUp(type, 'administrator');
    const before = await stores.upstreams.findBySlug('company');
    expect(await change(fields)).toBe('rights_too_high');
    expect(await stores.upstreams.findBySlug('company')).toEqual(before);
    expect(await change(fields, BY_CLI)).toBe('in');
  });

  it('is not removed by who may do less, to come back as another', async () => {
    await setUp('oidc', 'administrator');
    const input = { slug: 'company', ...KEY };
    expect(await codeOf(removeUpstream(deps, input))).toBe('rights_too_high');
    expect(await codeOf(removeUpstream(deps, { ...input, ...BY_CLI }))).toBe('in');
  });

  it('may be changed in all that is no matter of whom it is', async () => {
    const change = await setUp('oidc', 'administrator');
    expect(await change({ name: 'The Company', groups: null })).toBe('in');
  });

  it('is not one that vouches for people without a role', async () => {
    const change = await setUp('oidc', undefined);
    expect(await change(OIDC)).toBe('in');
  });
});
