import { beforeEach, describe, expect, it } from 'vitest';
import type { Assertion } from '../../../src/domain/upstreams/upstream.ts';
import { CLI } from '../../../src/operations/actor.ts';
import { compiledOf } from '../../../src/operations/upstreams/admit.ts';
import { applyPeople, planPeople } from '../../../src/operations/upstreams/sync-people.ts';
import { anLdapUpstream, SECRETS } from '../../directory/ground.ts';
import { anAssertion, movableClock, NOW } from '../../factories.ts';
import { addPerson, signInDeps } from '../../support/sign-in.ts';
import { testStores } from '../../support/stores.ts';
import { upstreamGround } from '../../support/upstreams.ts';

const ground = await testStores();
const { stores, database } = ground;
const { clear } = upstreamGround(ground);
const upstream = anLdapUpstream({ groups: 'claims.groups', createRule: 'claims.uid != "guest"' });
const compiled = compiledOf(upstream);

const aPerson = (uid: string, more: Partial<Assertion> = {}, claims: object = {}) =>
  anAssertion({
    subject: `id-${uid}`,
    claims: { uid, cn: uid, groups: ['all'], ...claims },
    ...more,
  });
const MANY = Array.from({ length: 40 }, (_, nth) => aPerson(`person${nth}`));

let clock = movableClock();
const deps = () => ({ ...signInDeps(ground), clock });
const apply = (people: readonly Assertion[]) =>
  applyPeople(deps(), { compiled, people, actor: CLI });
const plan = (people: readonly Assertion[]) => planPeople(deps(), { compiled, people, actor: CLI });
const outcomes = (notes: Awaited<ReturnType<typeof apply>>) =>
  notes.map(({ outcome, name }) => `${outcome} ${name}`);

async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const onQuery = () => void count++;
  database.knex.on('query', onQuery);
  await work();
  database.knex.removeListener('query', onQuery);
  return count;
}

beforeEach(async () => {
  await clear();
  await stores.upstreams.add(upstream, SECRETS, NOW);
  clock = movableClock();
});

describe('people of one page', () => {
  it('come to what each of them would come to alone, in their order', async () => {
    await apply(MANY.slice(0, 6));
    await addPerson(ground, { username: 'taken' });
    const page = [
      aPerson('guest'),
      aPerson('person0'),
      aPerson('person1', {}, { cn: 'Another' }),
      aPerson('person2', { disabled: true }),
      aPerson('taken'),
      aPerson('new', {}, { groups: ['all', 'more'] }),
      aPerson('person3', {}, { groups: [] }),
      aPerson('person4', {}, { groups: ['all', 'more'] }),
      aPerson('person5'),
    ];
    const expected = [
      'not_admitted id-guest',
      'same person0',
      'changed person1',
      'same person2',
      'disabled person2',
      'unusable id-taken',
      'created new',
      'changed person3',
      'changed person4',
      'same person5',
    ];
    expect(outcomes(await plan(page))).toEqual(expected);
    expect(outcomes(await apply(page))).toEqual(expected);
    const groupsOf = async (name: string) =>
      (await stores.users.findByLoginName(name))?.user.groups;
    expect(await groupsOf('person4')).toEqual(['all', 'more']);
    expect(await groupsOf('person3')).toEqual([]);
  });

  it('are looked up and written together when nothing of them changed', async () => {
    await apply(MANY);
    clock.advance(60);
    expect(await statementsOf(() => plan(MANY))).toBeLessThan(10);
    expect(await statementsOf(() => apply(MANY))).toBeLessThan(12);
    const seen = await stores.identities.findAmong(
      upstream.id,
      MANY.map(({ subject }) => subject),
    );
    expect(seen.size).toBe(MANY.length);
    for (const { lastSeenAt } of seen.values()) expect(lastSeenAt).toEqual(clock.now());
  });

  it('who were gone for a while are back, and who is disabled still is not', async () => {
    const [first, second] = [aPerson('person0'), aPerson('person1')];
    await apply([first, second]);
    const off = { ...second, disabled: true };
    clock.advance(60);
    await apply([first, off]);
    const missing = (await stores.identities.find(upstream.id, second.subject))?.missingSince;
    expect(missing).toEqual(clock.now());
    clock.advance(60);
    expect(outcomes(await apply([first, off]))).toEqual(['same person0', 'same person1']);
    expect((await stores.identities.find(upstream.id, second.subject))?.missingSince).toEqual(
      missing,
    );
    expect(outcomes(await apply([first, second]))).toContain('enabled person1');
  });
});
