import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OidcUpstream, Upstream } from '../../../src/domain/upstreams/upstream.ts';
import type { User } from '../../../src/domain/user.ts';
import { resolveSession } from '../../../src/operations/resolve-session.ts';
import { type AdmitInput, admit } from '../../../src/operations/upstreams/admit.ts';
import { anAssertion, anLdapUpstream, anOidcUpstream, aUser, NOW } from '../../factories.ts';
import { signInDeps } from '../../support/sign-in.ts';
import { testStores } from '../../support/stores.ts';

const ground = await testStores();
const { stores, database } = ground;
const deps = signInDeps(ground);

beforeEach(async () => {
  for (const table of ['upstreams', 'users', 'groups', 'audit_events'])
    await database.knex(table).del();
});

async function anUpstream(overrides: Partial<OidcUpstream> = {}): Promise<OidcUpstream> {
  const upstream = anOidcUpstream({ groups: 'claims.?groups.orValue([])', ...overrides });
  await stores.upstreams.add(upstream, { secret: 'x', privateKey: undefined }, NOW);
  return upstream;
}

async function anAccount(overrides: Partial<User> = {}): Promise<User> {
  const user = aUser({ id: randomUUID(), groups: [], ...overrides });
  await stores.users.add(user, NOW);
  if (user.disabledAt) await stores.users.setDisabledAt(user.id, NOW, NOW);
  return user;
}

function word(upstream: Upstream, overrides: Partial<AdmitInput> = {}): AdmitInput {
  return {
    upstream,
    assertion: anAssertion(),
    methods: ['oidc'],
    remember: false,
    previousToken: undefined,
    ip: '192.0.2.1',
    userAgent: 'Firefox',
    requestId: 'REQ12345',
    ...overrides,
  };
}

const saying = (claims: Record<string, unknown>, subject = 'subject-1') => ({
  assertion: anAssertion({
    subject,
    claims: { preferred_username: 'grace', name: 'Grace Hopper', ...claims },
  }),
});

const eventsOf = async (type: string) =>
  (await stores.auditEvents.list({ limit: 50 })).filter((event) => event.type === type);
const groupsOf = async (name: string) => (await stores.users.findByLoginName(name))?.user.groups;
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'in',
    (error: { code?: string }) => error.code,
  );

describe('the first sign-in with an upstream', () => {
  it('makes the person, with groups and attributes, and a session', async () => {
    const upstream = await anUpstream();
    const claims = { email: 'grace@example.com', groups: ['staff'], affiliation: 'owner' };
    const { user, token } = await admit(deps, word(upstream, saying(claims)));

    expect(await stores.users.findById(user.id)).toMatchObject({
      username: 'grace',
      displayName: 'Grace Hopper',
      email: 'grace@example.com',
      source: 'company',
      groups: ['staff'],
      attributes: { affiliation: 'owner' },
      role: undefined,
    });
    expect((await resolveSession(deps, token))?.session.methods).toEqual(['oidc']);
    expect(await stores.identities.listOfUser(user.id)).toMatchObject([
      { upstreamId: upstream.id, subject: 'subject-1', linked: false, lastSeenAt: NOW },
    ]);
    const by = { actorName: 'upstream:company', requestId: 'REQ12345' };
    expect(await eventsOf('user.created')).toMatchObject([by]);
    expect(await eventsOf('group.created')).toMatchObject([{ ...by, targetName: 'staff' }]);
    expect(await eventsOf('session.started')).toMatchObject([
      { actorId: user.id, details: { methods: ['oidc'], upstream: 'company' } },
    ]);
  });

  it('makes one person of two at once', async () => {
    const upstream = await anUpstream();
    const both = [1, 2, 3].map(() => admit(deps, word(upstream, saying({ groups: ['staff'] }))));
    const users = new Set((await Promise.all(both)).map(({ user }) => user.id));
    expect(users.size).toBe(1);
    expect(await eventsOf('user.created')).toHaveLength(1);
  });

  it('ends the sign-in the browser had', async () => {
    const upstream = await anUpstream();
    const first = await admit(deps, word(upstream));
    await admit(deps, word(upstream, { previousToken: first.token }));
    expect(await resolveSession(deps, first.token)).toBeUndefined();
  });
});

describe('the next sign-in', () => {
  it('writes nothing of a person of whom nothing changed', async () => {
    const upstream = await anUpstream();
    const { user } = await admit(deps, word(upstream));
    await admit(deps, word(upstream));
    expect(await eventsOf('user.updated')).toEqual([]);
    expect(await eventsOf('session.started')).toHaveLength(2);
    expect(await stores.identities.countOf(upstream.id)).toBe(1);
    expect(user.source).toBe('company');
  });

  it('brings what the upstream owns up to date, and takes away what it says no more', async () => {
    const upstream = await anUpstream();
    const first = { email: 'grace@example.com', groups: ['a', 'b'], affiliation: 'owner' };
    const { user } = await admit(deps, word(upstream, saying(first)));
    const admins = { id: randomUUID(), name: 'given' };
    await stores.groups.add(admins, NOW);
    await stores.groups.addMember(admins.id, user.id);
    await stores.users.updateProfile(
      user.id,
      { displayName: 'X', language: 'de', avatarUrl: 'https://x.example/a' },
      NOW,
    );

    const then = { preferred_username: 'hopper', groups: ['b', 'c'], moderator: 'true' };
    await admit(deps, word(upstream, saying(then)));
    expect(await stores.users.findById(user.id)).toMatchObject({
      username: 'hopper',
      displayName: 'Grace Hopper',
      email: undefined,
      language: 'de',
      avatarUrl: 'https://x.example/a',
      attributes: { moderator: 'true' },
      groups: ['b', 'c', 'given'],
    });
    expect(await eventsOf('user.updated')).toMatchObject([{ actorName: 'upstream:company' }]);
  });

  it('leaves a group alone that the administrator gave before the upstream did', async () => {
    const upstream = await anUpstream();
    const { user } = await admit(deps, word(upstream));
    const given = { id: randomUUID(), name: 'Staff' };
    await stores.groups.add(given, NOW);
    await stores.groups.addMember(given.id, user.id);
    await admit(deps, word(upstream, saying({ groups: ['staff'] })));
    await admit(deps, word(upstream, saying({ groups: [] })));
    expect(await groupsOf('grace')).toEqual(['Staff']);
  });

  it('knows a person by the subject, never by name or address', async () => {
    const upstream = await anUpstream({ createRule: '1' });
    await admit(deps, word(upstream, saying({ email: 'g@example.com' })));
    const other = saying({ email: 'g@example.com' }, 'subject-2');
    await expect(admit(deps, word(upstream, other))).rejects.toMatchObject({
      code: 'upstream_name_taken',
      details: { upstream: 'Company', name: 'grace' },
    });
  });
});

interface Case {
  readonly upstream?: Partial<OidcUpstream>;
  readonly account?: Partial<User>;
  readonly claims?: Record<string, unknown>;
  readonly disabledThere?: boolean;
  readonly known?: boolean;
}

const SAME = { email: 'ada@example.org' };

describe('who is let in', () => {
  it.each<[string, Case, string, string?]>([
    ['a stranger whom the rule takes', {}, 'in'],
    [
      'a stranger whom the rule refuses',
      { upstream: { createRule: '0' } },
      'upstream_not_admitted',
    ],
    [
      'a stranger of whom the rule cannot tell',
      { upstream: { createRule: 'claims.staff' } },
      'upstream_not_admitted',
    ],
    [
      'a stranger disabled there',
      { disabledThere: true },
      'upstream_not_admitted',
      'user_disabled',
    ],
    ['a known person', { known: true }, 'in'],
    [
      'a known person disabled there',
      { known: true, disabledThere: true },
      'upstream_not_admitted',
      'user_disabled',
    ],
    [
      'a known person disabled here',
      { known: true, account: { disabledAt: NOW } },
      'upstream_not_admitted',
      'user_disabled',
    ],
    [
      'a known person whom the rule would not take any more',
      { known: true, upstream: { createRule: '0' } },
      'in',
    ],
    ['one whose name is taken', { account: { username: 'GRACE' } }, 'upstream_name_taken'],
    ['one whose address is taken', { account: SAME, claims: SAME }, 'upstream_name_taken'],
    [
      'one whose address is the username of another',
      { account: { username: 'ada@example.org', email: undefined }, claims: SAME },
      'upstream_name_taken',
    ],
    [
      'the owner of an address, from a trusted upstream',
      {
        upstream: { trusted: true, createRule: '0' },
        account: SAME,
        claims: { email: 'ADA@example.org' },
      },
      'in',
    ],
    [
      'the owner of an address, who administers',
      { upstream: { trusted: true }, account: { ...SAME, role: 'auditor' }, claims: SAME },
      'upstream_name_taken',
    ],
    [
      'the owner of an address that another upstream gave',
      { upstream: { trusted: true }, account: { ...SAME, source: 'other' }, claims: SAME },
      'upstream_name_taken',
    ],
    [
      'the owner of an address that is somebody else’s username',
      {
        upstream: { trusted: true },
        account: { username: 'ada@example.org', email: undefined },
        claims: SAME,
      },
      'upstream_name_taken',
    ],
    [
      'the owner of an address who is disabled here',
      { upstream: { trusted: true }, account: { ...SAME, disabledAt: NOW }, claims: SAME },
      'upstream_not_admitted',
      'user_disabled',
    ],
    [
      'one whose name cannot be used',
      { upstream: { mapping: { username: 'claims.nothing' } } },
      'upstream_claims_unusable',
    ],
    ['anybody, when the upstream is off', { upstream: { disabled: true } }, 'upstream_not_found'],
  ])(
    '%s',
    async (_who, { upstream: traits, account, claims, disabledThere, known }, code, reason) => {
      const upstream = await anUpstream(traits);
      const user =
        account && (await anAccount(known ? { ...account, source: 'company' } : account));
      if (known) {
        const { id } = user ?? (await anAccount({ source: 'company', username: 'grace' }));
        const identity = { upstreamId: upstream.id, subject: 'subject-1', userId: id };
        const dates = { createdAt: NOW, lastSeenAt: NOW, missingSince: undefined };
        await stores.identities.add({ ...identity, ...dates, linked: false, grantedGroups: [] });
      }
      const { assertion } = saying(claims ?? {});
      const input = word(upstream, {
        assertion: { ...assertion, disabled: disabledThere ?? false },
      });
      expect(await codeOf(admit(deps, input))).toBe(code);
      if (code === 'in' || code === 'upstream_not_found') return;
      expect(await eventsOf('session.refused')).toMatchObject([
        { reason: reason ?? code, requestId: 'REQ12345', details: { subject: 'subject-1' } },
      ]);
      expect(await database.knex('sessions').select()).toEqual([]);
    },
  );

  it('tells a disabled person with the right directory password no more than a wrong one', async () => {
    const upstream = anLdapUpstream();
    await stores.upstreams.add(upstream, { secret: undefined, privateKey: undefined }, NOW);
    const assertion = anAssertion({ claims: { uid: 'grace' }, disabled: true });
    const input = word(upstream, { assertion, methods: ['pwd'] });
    await expect(admit(deps, input)).rejects.toMatchObject({ code: 'login_failed' });
  });
});

describe('an account that is linked by its address', () => {
  it('stays local: only mapped attributes and granted groups come from the upstream', async () => {
    const upstream = await anUpstream({ trusted: true, attributes: { site: 'claims.site' } });
    const ada = await anAccount({ ...SAME, attributes: { site: 'Rome', level: 1 } });
    const claims = { email: 'ada@example.org', groups: ['staff'], site: 'Bern' };
    const { user } = await admit(deps, word(upstream, saying(claims)));

    expect(user.id).toBe(ada.id);
    const { createdAt: _created, ...rest } = ada;
    expect(await stores.users.findById(ada.id)).toMatchObject({
      ...rest,
      attributes: { site: 'Bern', level: 1 },
      groups: ['staff'],
    });
    expect(await stores.identities.listOfUser(ada.id)).toMatchObject([{ linked: true }]);
    expect(await eventsOf('user.linked')).toMatchObject([
      { targetId: ada.id, details: { upstream: 'company', subject: 'subject-1' } },
    ]);
  });

  it('is nobody else’s of the same upstream any more', async () => {
    const upstream = await anUpstream({ trusted: true });
    await anAccount(SAME);
    await admit(deps, word(upstream, saying(SAME)));
    const second = word(upstream, saying(SAME, 'subject-2'));
    expect(await codeOf(admit(deps, second))).toBe('upstream_name_taken');
  });
});
