import { beforeEach, describe, expect, it } from 'vitest';
import type { Directory } from '../../../src/directory/directory.ts';
import { DirectoryFailure } from '../../../src/domain/upstreams/ldap/fault.ts';
import type { Assertion } from '../../../src/domain/upstreams/upstream.ts';
import type { User } from '../../../src/domain/user.ts';
import { type SyncInput, syncUpstream } from '../../../src/operations/upstreams/sync.ts';
import { syncDueUpstreams } from '../../../src/operations/upstreams/sync-due.ts';
import { enableUser, disableUser } from '../../../src/operations/disable-user.ts';
import { anLdapUpstream, SECRETS } from '../../directory/ground.ts';
import { anAssertion, movableClock, NOW } from '../../factories.ts';
import { addPerson, signInDeps } from '../../support/sign-in.ts';
import { testStores } from '../../support/stores.ts';
import { codeOf, upstreamGround } from '../../support/upstreams.ts';

const ground = await testStores();
const { stores } = ground;
const { clear, eventsOf } = upstreamGround(ground);
const upstream = anLdapUpstream({ groups: 'claims.groups', createRule: 'claims.uid != "guest"' });
const AUTHOR = { actor: { actorName: 'cli' }, permissions: [] };

const aPerson = (uid: string, more: Partial<Assertion> = {}, claims: object = {}) =>
  anAssertion({ subject: `id-${uid}`, claims: { uid, cn: uid, groups: [], ...claims }, ...more });
const TEAM = ['ada', 'bob', 'cyd', 'dan'].map((uid) => aPerson(uid));

/** What the directory holds; the list may be cut short by a failure. */
let people: readonly Assertion[];
let failAfter: number;
let hidden: readonly string[];
/** Happens before anybody is listed. */
let between: () => Promise<void>;
const directory: Pick<Directory, 'listPeople' | 'stillThere'> = {
  async *listPeople() {
    await between();
    for (const [nth, one] of people.entries()) {
      if (nth === failAfter) throw new DirectoryFailure('timeout', 'no answer');
      if (!hidden.includes(one.subject)) yield { people: [one], unusable: [] };
    }
    yield { people: [], unusable: ['uid=nobody'] };
  },
  stillThere: async (_, subjects) =>
    new Set(people.map(({ subject }) => subject).filter((one) => subjects.includes(one))),
};

let clock = movableClock();
const deps = () => ({ ...signInDeps(ground), clock, directory });

function sync(more: Partial<SyncInput> = {}) {
  clock.advance(60);
  const reached = { upstream, secrets: SECRETS };
  const input = { ...reached, trial: false, force: false, actor: { actorName: 'cli' } };
  return syncUpstream(deps(), { ...input, ...more });
}

async function runs() {
  return (await stores.upstreamSyncs.list({ upstreamId: upstream.id, limit: 9 })).items;
}

async function user(name: string): Promise<User | undefined> {
  return (await stores.users.findByLoginName(name))?.user;
}

beforeEach(async () => {
  await clear();
  await stores.upstreams.add(upstream, SECRETS, NOW);
  people = TEAM;
  failAfter = -1;
  hidden = [];
  between = async () => {};
  clock = movableClock();
});

describe('a sync', () => {
  it('makes who is new, changes who is another, leaves the rest, and says so', async () => {
    people = [...TEAM, aPerson('guest')];
    expect(await sync()).toMatchObject({
      state: 'done',
      seen: 5,
      counts: { created: 4, not_admitted: 1, unusable: 1 },
    });
    expect(await user('ada')).toMatchObject({ source: 'company', groups: [] });

    people = [aPerson('ada', {}, { cn: 'Ada L.', groups: ['staff'] }), ...TEAM.slice(1)];
    expect(await sync()).toMatchObject({
      counts: { changed: 1, same: 3 },
      notes: [
        { outcome: 'changed', name: 'ada', about: ['displayName', 'groups'] },
        { why: 'subject_missing' },
      ],
    });
    expect(await user('ada')).toMatchObject({ displayName: 'Ada L.', groups: ['staff'] });
    expect(await eventsOf('upstream.synced')).toHaveLength(2);

    people = TEAM;
    await sync();
    expect(await user('ada')).toMatchObject({ displayName: 'ada', groups: [] });
  });

  it('shuts out who is gone, and lets them in when they are back', async () => {
    await sync();
    people = TEAM.slice(1);
    expect(await sync()).toMatchObject({ state: 'done', counts: { same: 3, disabled: 1 } });
    expect((await user('ada'))?.disabledAt).toBeDefined();
    expect((await user('bob'))?.disabledAt).toBeUndefined();
    expect((await sync()).counts.disabled).toBeUndefined();

    people = TEAM;
    expect(await sync()).toMatchObject({ counts: { same: 4, enabled: 1 } });
    expect((await user('ada'))?.disabledAt).toBeUndefined();
  });

  it('leaves shut whom an administrator shut out, before or afterwards', async () => {
    await sync();
    const ada = { who: { name: 'ada' }, ...AUTHOR };
    await disableUser(deps(), ada);
    people = TEAM.slice(1);
    await sync();
    people = TEAM;
    expect((await sync()).counts.enabled).toBeUndefined();
    expect((await user('ada'))?.disabledAt).toBeDefined();

    await enableUser(deps(), ada);
    people = TEAM.slice(1);
    await sync();
    await enableUser(deps(), ada);
    clock.advance(60);
    await disableUser(deps(), ada);
    people = TEAM;
    expect((await sync()).counts.enabled).toBeUndefined();
  });

  it('follows the directory when it shuts an account and opens it', async () => {
    await sync();
    people = [aPerson('ada', { disabled: true }), ...TEAM.slice(1)];
    expect(await sync()).toMatchObject({ counts: { disabled: 1 } });
    expect((await user('ada'))?.disabledAt).toBeDefined();
    expect((await sync()).counts.disabled).toBeUndefined();
    people = TEAM;
    expect(await sync()).toMatchObject({ counts: { enabled: 1 } });
    expect((await user('ada'))?.disabledAt).toBeUndefined();
  });

  it('shuts nobody out when more than a third is gone, unless it is told to', async () => {
    await sync();
    people = TEAM.slice(2);
    expect(await sync()).toMatchObject({
      state: 'refused',
      fault: 'too_many_gone',
      share: { gone: 2, known: 4 },
      counts: { kept: 2 },
      notes: expect.arrayContaining([
        { outcome: 'kept', name: 'ada', why: 'too_many_gone' },
        { outcome: 'kept', name: 'bob', why: 'too_many_gone' },
      ]),
    });
    people = [];
    expect(await sync()).toMatchObject({ state: 'refused', share: { gone: 4 } });
    expect((await user('ada'))?.disabledAt).toBeUndefined();
    people = TEAM.slice(2);
    expect(await sync({ force: true })).toMatchObject({ state: 'done', counts: { disabled: 2 } });
  });

  it('shuts nobody out when the directory was not read to its end', async () => {
    await sync();
    people = [aPerson('ada', {}, { cn: 'Ada L.' }), ...TEAM.slice(1)];
    failAfter = 3;
    expect(await sync()).toMatchObject({ state: 'failed', fault: 'timeout', seen: 3 });
    expect((await user('dan'))?.disabledAt).toBeUndefined();
    expect(await user('ada')).toMatchObject({ displayName: 'Ada L.' });
  });

  it('shuts nobody out whom the list left out, and the directory knows', async () => {
    await sync();
    hidden = ['id-ada'];
    expect((await sync()).counts.disabled).toBeUndefined();
    expect((await user('ada'))?.disabledAt).toBeUndefined();
  });

  it('leaves the last administrator, and accounts of our own', async () => {
    await sync();
    const ada = (await user('ada'))!;
    await stores.users.update({ ...ada, role: 'administrator' }, NOW);
    const own = await addPerson(ground, { username: 'own' });
    await stores.identities.add({
      upstreamId: upstream.id,
      subject: 'id-own',
      userId: own.id,
      grantedGroups: [],
      linked: true,
      createdAt: NOW,
      lastSeenAt: NOW,
      missingSince: undefined,
    });
    people = TEAM.slice(1);
    expect(await sync()).toMatchObject({
      state: 'done',
      counts: { kept: 1 },
      notes: [expect.anything(), { outcome: 'kept', name: 'ada', why: 'last_administrator' }],
    });
    expect((await user('ada'))?.disabledAt).toBeUndefined();
    expect((await user('own'))?.disabledAt).toBeUndefined();
  });

  it('tells what it would do, and does nothing of it', async () => {
    await sync();
    people = [aPerson('bob', {}, { cn: 'Bob B.' }), ...TEAM.slice(2), aPerson('eve')];
    const before = (await stores.auditEvents.list({ limit: 100 })).length;
    expect(await sync({ trial: true })).toMatchObject({
      state: 'done',
      counts: { created: 1, changed: 1, same: 2, disabled: 1 },
    });
    expect(await user('eve')).toBeUndefined();
    expect(await user('bob')).toMatchObject({ displayName: 'bob' });
    expect((await user('ada'))?.disabledAt).toBeUndefined();
    expect(await stores.auditEvents.list({ limit: 100 })).toHaveLength(before);
  });

  it('is one at a time, and takes over from one that was killed', async () => {
    let inside: unknown;
    const outer = await sync({
      onProgress: () => {
        inside ??= codeOf(sync());
      },
    });
    expect(outer.state).toBe('done');
    expect(await inside).toBe('upstream_sync_running');

    const left = { ...outer, id: '11111111-1111-4111-8111-111111111111', startedAt: clock.now() };
    const until = new Date(clock.now().getTime() + 120_000);
    expect(await stores.upstreamSyncs.begin(left, until)).toBe(true);
    expect(await codeOf(sync())).toBe('upstream_sync_running');
    clock.advance(120);
    expect((await sync()).state).toBe('done');
    const [, former] = await runs();
    expect(former).toMatchObject({ id: left.id, state: 'failed', fault: 'left_behind' });
  });

  it('stops when another took it for dead, or the process wants to end', async () => {
    between = async () => {
      between = async () => {};
      await ground.database.knex('upstream_syncs').where({ state: 'running' }).del();
    };
    const stolen = sync();
    expect(await stolen).toMatchObject({ state: 'failed', fault: 'left_behind' });
    expect(await sync({ isEnding: () => true })).toMatchObject({ fault: 'interrupted', seen: 1 });
  });

  it('passes over an upstream that is switched off', async () => {
    expect(await codeOf(sync({ upstream: { ...upstream, disabled: true } }))).toBe(
      'upstream_not_found',
    );
  });

  it('comes by itself, when its time has come', async () => {
    const due = { ...upstream, syncMinutes: 30 };
    const catalog = {
      current: () => ({ upstreams: new Map([['company', { upstream: due, secrets: SECRETS }]]) }),
    };
    const tick = async () => {
      await syncDueUpstreams({ ...deps(), catalog }, {});
      return (await runs()).length;
    };
    expect(await tick()).toBe(1);
    clock.advance(29 * 60);
    expect(await tick()).toBe(1);
    await sync({ trial: true });
    expect(await tick()).toBe(3);
  });

  it('writes the rest when one person cannot be written', async () => {
    await addPerson(ground, { username: 'bob' });
    expect(await sync()).toMatchObject({
      state: 'done',
      counts: { created: 3, unusable: 2 },
      notes: expect.arrayContaining([
        expect.objectContaining({ outcome: 'unusable', why: 'name_taken', about: ['bob'] }),
      ]),
    });
  });
});
