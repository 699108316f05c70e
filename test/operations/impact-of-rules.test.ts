import { beforeAll, describe, expect, it } from 'vitest';
import { ROLE_CHANGES } from '../../src/domain/explain/impact.ts';
import { type ImpactInput, impactOfRules } from '../../src/operations/impact-of-rules.ts';
import { testWorld } from '../support/world.ts';

const world = await testWorld();
const PEOPLE = 1130;

beforeAll(async () => {
  await world.addIssuer({
    useRule: "inGroup('staff')",
    moderatorRule: "inGroup('chairs')",
    rooms: [
      {
        match: 'open',
        useRule: '1',
        moderatorRule: undefined,
        features: undefined,
        lobbyBypass: undefined,
      },
    ],
  });
  await world.addUser({ username: 'ada', groups: ['staff', 'chairs'] });
  await world.addUser({ username: 'bob', groups: ['staff'], attributes: { level: 3 } });
  await world.addUser({ username: 'eve', groups: ['guests'] });
  await world.addUser({ username: 'gone', groups: ['guests'], disabledAt: world.clock.now() });
  await world.database.knex.raw(
    `insert into users (id, username, display_name, source, attributes, created_at, updated_at)
     select gen_random_uuid(), 'many-' || n, 'Many ' || n, 'local', '{"many": true}', now(), now()
     from generate_series(1, ?) n`,
    [PEOPLE],
  );
});

const ask = (draft: ImpactInput['draft'], input: Partial<ImpactInput> = {}, deps = world) =>
  impactOfRules(deps, { issuer: 'main', draft, room: 'Standup', ...input });

const names = (people: readonly { username: string }[]) => people.map(({ username }) => username);

describe('impactOfRules', () => {
  it('finds nothing in a draft that changes nothing', async () => {
    const impact = await ask({ useRule: "inGroup('staff') && true" });
    expect(impact).toMatchObject({
      room: 'standup',
      examined: PEOPLE + 3,
      complete: true,
      before: { allowed: 2, moderators: 1 },
      after: { allowed: 2, moderators: 1 },
      addressWanted: 0,
    });
    for (const change of ROLE_CHANGES)
      expect(impact.changes[change]).toEqual({ count: 0, people: [], next: undefined });
  });

  it('names who is let in, shut out, and moderates or no longer', async () => {
    const { changes, after } = await ask({
      useRule: "inGroup('guests') || (inGroup('staff') && !has(user.attributes.level))",
      moderatorRule: "inGroup('guests')",
    });
    expect(after).toEqual({ allowed: 2, moderators: 1 });
    expect(changes.let_in).toMatchObject({
      count: 1,
      people: [{ username: 'eve', before: 'denied', after: 'moderator' }],
    });
    expect(changes.shut_out).toMatchObject({
      count: 1,
      people: [{ username: 'bob', before: 'participant', after: 'denied' }],
    });
    expect(changes.loses_moderator).toMatchObject({
      count: 1,
      people: [{ username: 'ada', after: 'participant' }],
    });
    expect((await ask({ moderatorRule: '1' })).changes.becomes_moderator).toMatchObject({
      count: 1,
      people: [{ username: 'bob' }],
    });
  });

  it('judges the room that is named, by the policy that counts there', async () => {
    const change = { useRule: '0' };
    expect((await ask(change, { room: 'open' })).changes.shut_out.count).toBe(0);
    expect((await ask({ rooms: [] }, { room: 'open' })).changes.shut_out.count).toBe(PEOPLE + 1);
  });

  it('lists a hundred, and goes on from there without losing or repeating anybody', async () => {
    const draft = { useRule: "inGroup('staff') || has(user.attributes.many)" };
    const first = (await ask(draft)).changes.let_in;
    expect(first).toMatchObject({ count: PEOPLE, next: expect.any(String) });
    const seen = names(first.people);
    let next = first.next;
    while (next !== undefined) {
      const { changes, complete } = await ask(draft, { more: { change: 'let_in', after: next } });
      expect(complete).toBe(true);
      expect(changes.shut_out.count).toBe(0);
      seen.push(...names(changes.let_in.people));
      next = changes.let_in.next;
    }
    expect(new Set(seen).size).toBe(PEOPLE);
    expect(seen).toHaveLength(PEOPLE);
  });

  it('says how many answers hang on an address that is not given', async () => {
    const draft = { useRule: "inNetwork('10.0.0.0/8')" };
    expect(await ask(draft)).toMatchObject({ addressWanted: PEOPLE + 3, after: { allowed: 0 } });
    expect(await ask(draft, { ip: '10.0.0.1' })).toMatchObject({
      addressWanted: 0,
      after: { allowed: PEOPLE + 3 },
    });
  });

  it('stops when its time is up, and says that it is not whole', async () => {
    let calls = 0;
    const start = world.clock.now().getTime();
    const clock = { ...world.clock, now: () => new Date(start + calls++) };
    const impact = await ask({ useRule: '1' }, { budgetMilliseconds: 300 }, { ...world, clock });
    expect(impact.complete).toBe(false);
    expect(impact.examined).toBeGreaterThan(100);
    expect(impact.examined).toBeLessThan(PEOPLE);
    expect(impact.changes.let_in.count).toBeLessThanOrEqual(impact.examined);
  });

  it('lets others have their turn meanwhile', async () => {
    let turns = 0;
    let calls = 0;
    const start = world.clock.now().getTime();
    // Each question about the time takes a millisecond: every tenth person somebody else is next.
    const clock = { ...world.clock, now: () => new Date(start + calls++) };
    const count = () => {
      turns += 1;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    await ask({ useRule: '1' }, { budgetMilliseconds: 1e6 }, { ...world, clock });
    clearImmediate(timer);
    expect(turns).toBeGreaterThan(PEOPLE / 20);
  });

  it.each([
    [{ useRule: "inGrup('x')" }, {}, 'input_invalid'],
    [{ extraClaims: { 'context.user.moderator': "'true'" } }, {}, 'input_invalid'],
    [{}, { room: '' }, 'room_missing'],
    [{}, { issuer: 'none' }, 'issuer_not_found'],
    [{}, { tenant: 'a b' }, 'tenant_invalid'],
  ] as const)('refuses %j, %j with %s', async (draft, input, code) => {
    await expect(ask(draft, input)).rejects.toMatchObject({ code });
  });
});

describe('the names rules are written with', () => {
  it('are the groups there are, and the attributes people have', async () => {
    const { ruleSubjects } = world.stores;
    expect(await ruleSubjects.groupNames(10)).toEqual(['chairs', 'guests', 'staff']);
    expect(await ruleSubjects.groupNames(1)).toEqual(['chairs']);
    expect(await ruleSubjects.attributeNames({ sample: 5000, limit: 10 })).toEqual([
      'many',
      'level',
    ]);
    expect(await ruleSubjects.attributeNames({ sample: 5000, limit: 1 })).toEqual(['many']);
  });
});
