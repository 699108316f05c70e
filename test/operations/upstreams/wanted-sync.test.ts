/**
 * Syncs that somebody asked for: laid down by a request, taken up by any process.
 *
 * @module
 */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Directory } from '../../../src/directory/directory.ts';
import type { UpstreamSync } from '../../../src/domain/upstreams/sync.ts';
import {
  findSync,
  wantSync,
  workOnWantedSyncs,
} from '../../../src/operations/upstreams/wanted-sync.ts';
import { syncUpstream } from '../../../src/operations/upstreams/sync.ts';
import { anLdapUpstream, SECRETS } from '../../directory/ground.ts';
import { anAssertion, anOidcUpstream, movableClock, NOW } from '../../factories.ts';
import { signInDeps } from '../../support/sign-in.ts';
import { testStores } from '../../support/stores.ts';
import { codeOf, upstreamGround } from '../../support/upstreams.ts';

const ground = await testStores();
const { stores } = ground;
const { clear, eventsOf } = upstreamGround(ground);
const upstream = anLdapUpstream();
const OTHER_ID = '00000000-0000-4000-8000-00000000000a';
const ACTOR = { actorName: 'grace', ip: '192.0.2.1', requestId: 'REQ12345' };

let asked: number;
let listed: readonly string[];
const directory: Pick<Directory, 'listPeople' | 'stillThere'> = {
  async *listPeople() {
    asked += 1;
    for (const uid of listed)
      yield { people: [anAssertion({ subject: uid, claims: { uid, cn: uid } })], unusable: [] };
  },
  stillThere: async () => new Set(),
};

let clock = movableClock();
const deps = () => ({ ...signInDeps(ground), clock, directory });
const want = (overrides: { trial?: boolean; confirms?: string; slug?: string } = {}) =>
  wantSync(deps(), { slug: upstream.slug, trial: false, actor: ACTOR, ...overrides });
const work = (isEnding?: () => boolean) => workOnWantedSyncs(deps(), { isEnding });
const latest = async (): Promise<UpstreamSync | undefined> =>
  (await stores.upstreamSyncs.list({ upstreamId: upstream.id, limit: 1 })).items[0];

/** A process that took one up, and is gone. */
async function leaveBehind(): Promise<void> {
  const now = clock.now();
  await stores.upstreamSyncs.takeUp(now, new Date(now.getTime() + 1000));
  clock.advance(2);
}

beforeEach(async () => {
  await clear();
  await stores.upstreams.add(upstream, SECRETS, NOW);
  asked = 0;
  listed = ['ada', 'bob'];
  clock = movableClock();
});

describe('a sync that somebody asks for', () => {
  it('waits, is taken up once, and says who asked', async () => {
    const { id } = await want();
    expect(await latest()).toMatchObject({ id, state: 'wanted', actor: ACTOR, seen: 0 });
    expect(asked).toBe(0);
    expect(await eventsOf('upstream.sync_asked')).toMatchObject([
      { ...ACTOR, details: { run: id, trial: false, force: false } },
    ]);

    await Promise.all([work(), work()]);
    expect(asked).toBe(1);
    expect(await findSync({ stores }, upstream, id)).toMatchObject({
      state: 'done',
      seen: 2,
      counts: { created: 2 },
    });
    expect(await eventsOf('upstream.synced')).toMatchObject([ACTOR]);
  });

  it('changes nothing when it is a trial', async () => {
    await want({ trial: true });
    await work();
    expect(await latest()).toMatchObject({ trial: true, state: 'done', counts: { created: 2 } });
    expect(await stores.users.findByLoginName('ada')).toBeUndefined();
    expect(await eventsOf('upstream.synced')).toEqual([]);
  });

  it('is one at a time, and waits for one that is under way', async () => {
    await want();
    expect(await codeOf(want())).toBe('upstream_sync_running');
    await stores.upstreamSyncs.takeUp(clock.now(), new Date(clock.now().getTime() + 60_000));
    expect(await codeOf(want())).toBe('upstream_sync_running');
    await work();
    expect(asked).toBe(0);
  });

  it('lets a command go first, and is done afterwards', async () => {
    await want();
    const input = { upstream, secrets: SECRETS, trial: true, force: false, actor: ACTOR };
    expect((await syncUpstream(deps(), input)).state).toBe('done');
    const { items } = await stores.upstreamSyncs.list({ upstreamId: upstream.id, limit: 9 });
    expect(items.map(({ state }) => state)).toEqual(expect.arrayContaining(['wanted', 'done']));
    await work();
    expect(asked).toBe(2);
  });

  it('is done anew when its process is killed, and given up after three times', async () => {
    const { id } = await want();
    await leaveBehind();
    await work();
    expect(await latest()).toMatchObject({ id, state: 'done', seen: 2 });

    await want();
    for (const _ of [1, 2, 3]) await leaveBehind();
    await work();
    expect(await latest()).toMatchObject({ state: 'failed', fault: 'left_behind' });
    expect(asked).toBe(1);
    await want();
  });

  it('is left to another process when its own ends in good order', async () => {
    const { id } = await want();
    let rounds = 0;
    await work(() => (rounds += 1) > 1);
    expect(await latest()).toMatchObject({ id, state: 'wanted' });
    expect(await eventsOf('upstream.synced')).toEqual([]);
    await work();
    expect(await latest()).toMatchObject({ id, state: 'done', seen: 2 });
  });

  it('shuts out no more people than somebody has seen, when they are many', async () => {
    listed = ['ada', 'bob', 'cyd', 'dan'];
    await want();
    await work();
    const lose = async (names: readonly string[], confirms?: string) => {
      listed = listed.filter((uid) => !names.includes(uid));
      clock.advance(60);
      const { id } = await want(confirms === undefined ? {} : { confirms });
      await work();
      return findSync({ stores }, upstream, id);
    };
    const first = await lose(['ada', 'bob']);
    expect(first).toMatchObject({ state: 'refused', share: { gone: 2, known: 4 } });
    const second = await lose(['cyd'], first.id);
    expect(second).toMatchObject({ force: true, state: 'refused', share: { gone: 3, known: 4 } });
    expect(await lose([], second.id)).toMatchObject({ state: 'done', counts: { disabled: 3 } });
    expect(await codeOf(want({ confirms: second.id }))).toBe('upstream_sync_outdated');
  });

  it('finds the directory as it is by then', async () => {
    await want();
    await stores.upstreams.update({ ...upstream, disabled: true }, SECRETS, NOW);
    await work();
    expect(await latest()).toMatchObject({ state: 'failed', fault: 'switched_off' });
    expect(asked).toBe(0);
    expect(await codeOf(want())).toBe('upstream_not_listed');
  });

  it('is refused for what has no list of its people, and for what is not there', async () => {
    await stores.upstreams.add(anOidcUpstream({ slug: 'oidc', id: OTHER_ID }), SECRETS, NOW);
    expect(await codeOf(want({ slug: 'oidc' }))).toBe('upstream_not_listed');
    expect(await codeOf(want({ slug: 'nobody' }))).toBe('upstream_not_found');
    const { id } = await want();
    expect(await codeOf(findSync({ stores }, { id: OTHER_ID }, id))).toBe(
      'upstream_sync_not_found',
    );
    expect(await codeOf(findSync({ stores }, upstream, 'x'))).toBe('upstream_sync_not_found');
  });
});
