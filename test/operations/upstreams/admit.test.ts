import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { resolveSession } from '../../../src/operations/resolve-session.ts';
import { admit } from '../../../src/operations/upstreams/admit.ts';
import { NOW } from '../../factories.ts';
import { signInDeps } from '../../support/sign-in.ts';
import { testStores } from '../../support/stores.ts';
import { codeOf, saying, upstreamGround, word } from '../../support/upstreams.ts';

const ground = await testStores();
const { stores } = ground;
const deps = signInDeps(ground);
const { anAccount, anUpstream, clear, eventsOf } = upstreamGround(ground);

beforeEach(clear);

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
    expect((await stores.users.findByLoginName('grace'))?.user.groups).toEqual(['Staff']);
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

const SAME = { email: 'ada@example.org' };
const VERIFIED = { ...SAME, email_verified: true };

describe('an account that is linked by its address', () => {
  it('stays local: only mapped attributes and granted groups come from the upstream', async () => {
    const upstream = await anUpstream({ trusted: true, attributes: { site: 'claims.site' } });
    const ada = await anAccount({ ...SAME, attributes: { site: 'Rome', level: 1 } });
    const claims = { ...VERIFIED, groups: ['staff'], site: 'Bern' };
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
    await admit(deps, word(upstream, saying(VERIFIED)));
    const second = word(upstream, saying(VERIFIED, 'subject-2'));
    expect(await codeOf(admit(deps, second))).toBe('upstream_name_taken');
  });
});
