import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { User } from '../../../src/domain/user.ts';
import { BY_CLI } from '../../../src/operations/actor.ts';
import { addMember, removeMember } from '../../../src/operations/people/groups.ts';
import { inviteUser } from '../../../src/operations/people/password-links.ts';
import { updateUser } from '../../../src/operations/people/update-user.ts';
import { setPassword } from '../../../src/operations/set-password.ts';
import { updateProfile } from '../../../src/operations/update-profile.ts';
import { admit } from '../../../src/operations/upstreams/admit.ts';
import {
  linkIdentity,
  unlinkIdentity,
  unlinkOwn,
} from '../../../src/operations/upstreams/links.ts';
import { anAssertion, anOidcUpstream, NOW } from '../../factories.ts';
import { addPerson, signInDeps } from '../../support/sign-in.ts';
import { testStores } from '../../support/stores.ts';
import { codeOf, saying, upstreamGround, word } from '../../support/upstreams.ts';

const ground = await testStores();
const { stores } = ground;
const deps = signInDeps(ground);
const { anAccount, anUpstream, clear, eventsOf } = upstreamGround(ground);

beforeEach(clear);

const CLAIMS = {
  email: 'grace@example.com',
  groups: ['staff'],
  site: 'Bern',
  picture: 'https://x.example/grace',
};
const TRAITS = { attributes: { site: 'claims.site' }, mapping: { avatar: 'claims.picture' } };

async function aMirrored(): Promise<User> {
  const upstream = await anUpstream(TRAITS);
  const { user } = await admit(deps, word(upstream, saying(CLAIMS)));
  return user;
}

async function aLinked(): Promise<User> {
  const upstream = await anUpstream(TRAITS);
  const { id } = await addPerson(ground, { username: 'ada', attributes: { level: 1 } });
  return linkIdentity(deps, { userId: id, upstream, ...saying(CLAIMS), ...REQUEST });
}

const REQUEST = { ip: '192.0.2.1', requestId: 'REQ12345' };
const self = (user: User) => ({
  userId: user.id,
  sessionId: undefined,
  actor: { actorId: user.id, actorName: user.username },
});

describe('what an upstream owns of the people that come from it', () => {
  it.each([
    ['username', { username: 'x' }],
    ['displayName', { displayName: 'X' }],
    ['email', { email: null }],
    ['avatarUrl', { avatarUrl: null }],
    ['attributes.site', { attributes: { site: 'Rome' } }],
    ['attributes.own', { attributes: { site: 'Bern', own: 1 } }],
    ['groups.staff', { groups: [] }],
  ])('is not changed here: %s', async (fields, changes) => {
    const { id } = await aMirrored();
    await expect(updateUser(deps, { who: { id }, changes, ...BY_CLI })).rejects.toMatchObject({
      code: 'field_owned_by_upstream',
      details: { upstream: 'Company', fields },
    });
  });

  it('leaves the rest to the administrator, and a whole representation unchanged is no change', async () => {
    const user = await aMirrored();
    const { username, displayName, attributes, groups } = user;
    await stores.groups.add({ id: '00000000-0000-4000-8000-000000000001', name: 'given' }, NOW);
    const changes = {
      username,
      displayName,
      email: user.email ?? null,
      attributes: { ...attributes } as { site: string },
      groups: [...groups, 'given'],
      language: 'de',
      role: 'auditor' as const,
      disabled: true,
    };
    const after = await updateUser(deps, { who: { id: user.id }, changes, ...BY_CLI });
    expect(after).toMatchObject({ language: 'de', role: 'auditor', groups: ['given', 'staff'] });
  });

  it('keeps granted memberships, and lets the others go', async () => {
    const { id } = await aMirrored();
    const who = { id };
    const which = { name: 'staff' };
    expect(await codeOf(removeMember(deps, { which, who, ...BY_CLI }))).toBe(
      'field_owned_by_upstream',
    );
    expect((await stores.users.findById(id))?.groups).toEqual(['staff']);
    await stores.groups.add({ id: '00000000-0000-4000-8000-000000000001', name: 'given' }, NOW);
    const given = { which: { name: 'given' }, who, ...BY_CLI };
    expect(await addMember(deps, given)).toBe(true);
    expect(await removeMember(deps, given)).toBe(true);
  });

  it('gives no password, and no link for one', async () => {
    const { id } = await aMirrored();
    const who = { id };
    const password = 'Rainer sits by a green canal';
    expect(await codeOf(inviteUser(deps, { who, ...BY_CLI }))).toBe('field_owned_by_upstream');
    expect(await codeOf(setPassword(deps, { who, password, ...BY_CLI }))).toBe(
      'field_owned_by_upstream',
    );
  });

  it('is not the person’s to change either', async () => {
    const user = await aMirrored();
    const change = (profile: object) => codeOf(updateProfile(deps, { ...self(user), profile }));
    expect(await change({ displayName: 'X' })).toBe('field_owned_by_upstream');
    expect(await change({ avatarUrl: null })).toBe('field_owned_by_upstream');
    expect(await change({ language: 'de' })).toBe('in');
  });
});

describe('what an upstream owns of an account it is linked to', () => {
  it('is what it maps, and nothing else', async () => {
    const { id } = await aLinked();
    const change = (changes: object) =>
      codeOf(updateUser(deps, { who: { id }, changes, ...BY_CLI }));
    expect(await change({ attributes: { level: 2, site: 'Rome' } })).toBe(
      'field_owned_by_upstream',
    );
    expect(await change({ groups: [] })).toBe('field_owned_by_upstream');
    expect(await change({ attributes: { level: 2, site: 'Bern' } })).toBe('in');
    expect(await change({ username: 'ada2', displayName: 'X', email: 'x@example.org' })).toBe('in');
    const password = 'Rainer sits by a green canal';
    expect(await codeOf(setPassword(deps, { who: { id }, password, ...BY_CLI }))).toBe('in');
  });

  it('goes when the account gets more rights: whoever looked after it may have led the link there', async () => {
    const { id } = await aLinked();
    await updateUser(deps, { who: { id }, changes: { role: 'administrator' }, ...BY_CLI });
    expect(await stores.identities.listOfUser(id)).toEqual([]);
  });
});

describe('linkIdentity', () => {
  it('lets the person in from now on, and writes down what is mapped', async () => {
    const user = await aLinked();
    expect(user).toMatchObject({
      username: 'ada',
      source: 'local',
      attributes: { level: 1, site: 'Bern' },
      groups: ['staff'],
    });
    expect(await eventsOf('user.linked')).toMatchObject([
      { actorId: user.id, requestId: 'REQ12345' },
    ]);
    const upstream = (await stores.upstreams.list())[0];
    if (!upstream) throw new Error('no upstream');
    const admitted = await admit(deps, word(upstream, saying(CLAIMS)));
    expect(admitted.user.id).toBe(user.id);
  });

  it('takes nobody’s identity away, and none twice', async () => {
    await aMirrored();
    const upstream = (await stores.upstreams.list())[0];
    if (!upstream) throw new Error('no upstream');
    const ada = await anAccount();
    const link = (subject: string, disabled = false) =>
      codeOf(
        linkIdentity(deps, {
          userId: ada.id,
          upstream,
          assertion: anAssertion({ subject, claims: { preferred_username: 'x' }, disabled }),
          ...REQUEST,
        }),
      );
    expect(await link('subject-1')).toBe('identity_taken');
    expect(await link('subject-2', true)).toBe('upstream_not_admitted');
    expect(await link('subject-2')).toBe('in');
    expect(await link('subject-2')).toBe('in');
    expect(await link('subject-3')).toBe('identity_taken');
  });
});

describe('removing a link', () => {
  it('takes what the upstream gave with it', async () => {
    const { id } = await aLinked();
    await unlinkIdentity(deps, { who: { id }, upstream: 'company', ...BY_CLI });
    expect(await stores.users.findById(id)).toMatchObject({ attributes: { level: 1 }, groups: [] });
    expect(await stores.identities.listOfUser(id)).toEqual([]);
    expect(await eventsOf('user.unlinked')).toMatchObject([{ details: { upstream: 'company' } }]);
    const again = unlinkIdentity(deps, { who: { id }, upstream: 'company', ...BY_CLI });
    expect(await codeOf(again)).toBe('identity_not_found');
  });

  it('makes who came from it a person of ours, signed out', async () => {
    const { id } = await aMirrored();
    await unlinkIdentity(deps, { who: { id }, upstream: 'company', ...BY_CLI });
    expect(await stores.users.findById(id)).toMatchObject({ source: 'local', username: 'grace' });
    expect(await stores.sessions.listOfUser(id, NOW)).toEqual([]);
    expect(await codeOf(inviteUser(deps, { who: { id }, ...BY_CLI }))).toBe('in');
  });

  it('leaves the person one way in', async () => {
    const mirrored = await aMirrored();
    expect(await codeOf(unlinkOwn(deps, { ...self(mirrored), upstream: 'company' }))).toBe(
      'last_way_in',
    );
    await clear();
    const linked = await aLinked();
    expect(await codeOf(unlinkOwn(deps, { ...self(linked), upstream: 'company' }))).toBe('in');
  });

  it('leaves one of two that are removed at once', async () => {
    const mirrored = await aMirrored();
    const other = anOidcUpstream({ id: randomUUID(), slug: 'other' });
    await stores.upstreams.add(other, { secret: 'x', privateKey: undefined }, NOW);
    await linkIdentity(deps, { userId: mirrored.id, upstream: other, ...saying({}), ...REQUEST });
    const both = ['company', 'other'].map((slug) =>
      codeOf(unlinkOwn(deps, { ...self(mirrored), upstream: slug })),
    );
    expect(new Set(await Promise.all(both))).toEqual(new Set(['in', 'last_way_in']));
    expect(await stores.identities.listOfUser(mirrored.id)).toHaveLength(1);
  });
});
