import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LOGIN_LIMITS, type LoginLimits } from '../../src/domain/login-limits.ts';
import { signIn } from '../../src/operations/sign-in.ts';
import { addPerson, aSignIn, signInDeps } from '../support/sign-in.ts';
import { testStores } from '../support/stores.ts';

const ground = await testStores();
const { stores, database } = ground;

beforeEach(async () => {
  await database.knex('users').del();
  await database.knex('login_counters').del();
  await database.knex('audit_events').del();
});

/** A password that is looked at is right or wrong at once: these tests are about how many are. */
function limitDeps(limits: Partial<LoginLimits> = {}) {
  const looked = { times: 0 };
  return {
    ...signInDeps(ground),
    limits: { ...DEFAULT_LOGIN_LIMITS, ...limits },
    looked,
    passwords: {
      hash: async () => 'unused',
      verify: async (hash: string | undefined, password: string) => {
        looked.times += 1;
        return hash !== undefined && password === 'right';
      },
    },
  };
}
type Deps = ReturnType<typeof limitDeps>;

/** `failed`, `in`, or the seconds to wait. */
const attempt = async (deps: Deps, input: Parameters<typeof aSignIn>[0] = {}) =>
  signIn(deps, aSignIn({ password: 'wrong', ...input })).then(
    () => 'in',
    (error: { code: string; details?: { retryAfterSeconds: number } }) =>
      error.code === 'login_limited'
        ? (error.details?.retryAfterSeconds ?? error.code)
        : error.code.slice(6),
  );

const times = async (count: number, work: (index: number) => Promise<unknown>) => {
  const results: unknown[] = [];
  for (let index = 0; index < count; index += 1) results.push(await work(index));
  return results;
};
const together = (count: number, work: (index: number) => Promise<unknown>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));
/** As many addresses as wanted, each in a network of its own. */
const address = (index: number) => `198.51.${Math.floor(index / 250)}.${index % 250}`;
const failures = (results: unknown[]) => results.filter((result) => result === 'failed').length;

describe('account and address together', () => {
  it.each(['ada', 'nobody'])('%s waits 0, 0, 0, 1, 2, 5, 10, 30, 60, 60 seconds', async (name) => {
    await addPerson(ground, { username: 'ada' });
    const deps = limitDeps();
    const waits: unknown[] = [];
    for (let failure = 1; failure <= 10; failure += 1) {
      expect(await attempt(deps, { name })).toBe('failed');
      // One more at once would be a failure itself, where nothing has to be waited for.
      const wait = failure < 4 ? 0 : await attempt(deps, { name });
      waits.push(wait);
      deps.clock.advance(Number(wait));
    }
    expect(waits).toEqual([0, 0, 0, 1, 2, 5, 10, 30, 60, 60]);
  });

  it('does not let a right password jump the line', async () => {
    await addPerson(ground, { username: 'ada' });
    const deps = limitDeps();
    await times(4, () => attempt(deps));
    expect(await attempt(deps, { password: 'right' })).toBe(1);
  });

  it('begins anew after a success', async () => {
    await addPerson(ground, { username: 'ada' });
    const deps = limitDeps();
    await times(3, () => attempt(deps));
    expect(await attempt(deps, { password: 'right' })).toBe('in');
    expect(await times(4, () => attempt(deps))).toEqual(['failed', 'failed', 'failed', 'failed']);
  });

  it('looks at four of fifty that come at once', async () => {
    await addPerson(ground, { username: 'ada' });
    const deps = limitDeps();
    await together(50, () => attempt(deps));
    expect(deps.looked.times).toBe(4);
  });
});

describe('one account', () => {
  it.each(['ada', 'nobody'])('%s: 30 failures an hour, 100 a day, from anywhere', async (name) => {
    await addPerson(ground, { username: 'ada' });
    const deps = limitDeps();
    let from = 0;
    const hour = async () =>
      failures(await times(32, () => attempt(deps, { name, ip: address(from++) })));
    const hours: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      hours.push(await hour());
      deps.clock.advance(3600);
    }
    expect(hours).toEqual([30, 30, 30, 10, 0]);
    expect(await attempt(deps, { name, ip: address(from++) })).toBe(19 * 3600);
    deps.clock.advance(19 * 3600);
    expect(await hour()).toBe(30);
  });

  it('is one by username and by e-mail address', async () => {
    await addPerson(ground, { username: 'ada', email: 'ada@example.org' });
    const deps = limitDeps();
    const names = ['ada', 'ADA@example.org'];
    const results = await times(40, (i) => attempt(deps, { name: names[i % 2]!, ip: address(i) }));
    expect(failures(results)).toBe(30);
  });

  it('looks at thirty of fifty that come at once from everywhere', async () => {
    await addPerson(ground, { username: 'ada' });
    const deps = limitDeps();
    await together(50, (index) => attempt(deps, { ip: address(index) }));
    expect(deps.looked.times).toBe(30);
  });

  it('does not count what succeeds', async () => {
    await addPerson(ground, { username: 'ada' });
    const deps = limitDeps();
    await times(29, (i) => attempt(deps, { ip: address(i) }));
    const results = await times(5, (i) =>
      attempt(deps, { password: 'right', ip: address(50 + i) }),
    );
    expect(results).toEqual(['in', 'in', 'in', 'in', 'in']);
    expect(await times(2, (i) => attempt(deps, { ip: address(60 + i) }))).toEqual(['failed', 3600]);
  });
});

describe('a device the account knows', () => {
  const knownDevice = async (deps: Deps, name = 'ada') =>
    (await signIn(deps, aSignIn({ name, password: 'right' }))).deviceToken;

  it('signs in while strangers have used the account up, and its address', async () => {
    await addPerson(ground, { username: 'ada' });
    const deps = limitDeps();
    const deviceToken = await knownDevice(deps);
    await times(31, (i) => attempt(deps, { ip: address(i) }));
    await times(70, (i) => attempt(deps, { name: `n${i}` }));
    expect(await attempt(deps, { password: 'right' })).not.toBe('in');
    expect(await attempt(deps, { password: 'right', deviceToken })).toBe('in');
  });

  it('has a count of its own: as many, wherever it is', async () => {
    await addPerson(ground, { username: 'ada' });
    const deps = limitDeps({ waitsSeconds: [0] });
    const deviceToken = await knownDevice(deps);
    const results = await times(35, (i) => attempt(deps, { deviceToken, ip: address(i) }));
    expect(failures(results)).toBe(30);
    expect(await attempt(deps, { ip: address(99) })).toBe('failed');
  });

  it('is known by the account it signed in to only, and by its latest cookie only', async () => {
    await addPerson(ground, { username: 'ada' });
    await addPerson(ground, { username: 'bob' });
    const deps = limitDeps();
    const old = await knownDevice(deps);
    const { deviceToken } = await signIn(
      deps,
      aSignIn({ name: 'bob', password: 'right', deviceToken: old }),
    );
    await times(31, (i) => attempt(deps, { ip: address(i) }));
    expect(await attempt(deps, { password: 'right', deviceToken: old })).not.toBe('in');
    expect(await attempt(deps, { password: 'right', deviceToken })).toBe('in');
  });
});

describe('one address', () => {
  it.each([
    ['an IPv4 address', () => '203.0.113.9'],
    ['an IPv6 /64', (index: number) => `2001:db8:1:2::${index.toString(16)}`],
    ['addresses nobody can believe', () => undefined],
  ])('%s has 60 failures in ten minutes', async (_what, ipOf) => {
    const deps = limitDeps({ addressNames: 1000 });
    const results = await times(62, (i) => attempt(deps, { name: `n${i}`, ip: ipOf(i) }));
    expect(failures(results)).toBe(60);
    expect(results.at(-1)).toBe(600);
    expect(await attempt(deps, { name: 'x', ip: '2001:db8:1:3::1' })).toBe('failed');
    deps.clock.advance(600);
    expect(await attempt(deps, { name: 'x', ip: ipOf(0) })).toBe('failed');
  });

  it('gets one attempt a minute for an hour after 15 different names', async () => {
    const deps = limitDeps();
    const results = await times(20, (i) => attempt(deps, { name: `n${i}` }));
    expect(results).toEqual([...Array<string>(15).fill('failed'), 60, 60, 60, 60, 60]);

    const minutes = await times(59, async (i) => {
      deps.clock.advance(60);
      return [await attempt(deps, { name: `m${i}` }), await attempt(deps, { name: `m${i}` })];
    });
    expect(minutes).toEqual(Array.from({ length: 59 }, () => ['failed', 60]));
    deps.clock.advance(60);
    expect(await times(2, (i) => attempt(deps, { name: `z${i}` }))).toEqual(['failed', 'failed']);
  });

  it('may try one name as often as its other limits let it', async () => {
    const deps = limitDeps({ waitsSeconds: [0] });
    expect(failures(await times(30, () => attempt(deps)))).toBe(30);
    expect(await attempt(deps, { name: 'other' })).toBe('failed');
  });

  it('is not slowed down by many people who sign in', async () => {
    const deps = limitDeps();
    const results = await times(20, async (i) => {
      await addPerson(ground, { username: `p${i}` });
      return attempt(deps, { name: `p${i}`, password: 'right' });
    });
    expect(results).toEqual(Array(20).fill('in'));
    expect(await attempt(deps, { name: 'nobody' })).toBe('failed');
  });

  it('is not made faster by a sign-in of one’s own', async () => {
    await addPerson(ground, { username: 'eve' });
    const deps = limitDeps();
    await times(15, (i) => attempt(deps, { name: `n${i}` }));
    deps.clock.advance(60);
    expect(await attempt(deps, { name: 'eve', password: 'right' })).toBe('in');
    expect(await times(3, (i) => attempt(deps, { name: `m${i}` }))).toEqual(['failed', 60, 60]);
  });

  it('lets fifteen of fifty names through that come at once', async () => {
    const deps = limitDeps();
    await together(50, (index) => attempt(deps, { name: `n${index}` }));
    expect(deps.looked.times).toBe(15);
  });

  it('is spared when it is a shared network', async () => {
    const deps = limitDeps({ sharedNetworks: ['10.0.0.0/8', '192.0.2.1'] });
    expect(failures(await times(70, (i) => attempt(deps, { name: `n${i}` })))).toBe(70);
    expect(
      failures(await times(70, (i) => attempt(deps, { name: `n${i}`, ip: '192.0.2.2' }))),
    ).toBe(15);
  });
});

describe('what is kept', () => {
  it('does not grow with attempts that are refused', async () => {
    const deps = limitDeps();
    await times(20, (i) => attempt(deps, { name: `n${i}` }));
    const rows = async () =>
      Number((await database.knex('login_counters').count().first())?.['count']);
    const before = await rows();
    await times(50, (i) => attempt(deps, { name: `more${i}` }));
    expect(await rows()).toBe(before);
  });

  it('writes a limit down once a minute, however often it is hit', async () => {
    await addPerson(ground, { username: 'ada' });
    const deps = limitDeps({ waitsSeconds: [600] });
    const limited = async () =>
      (await stores.auditEvents.list({ type: 'session.limited', limit: 99 })).length;
    await times(9, () => attempt(deps));
    expect(await limited()).toBe(1);
    deps.clock.advance(60);
    await times(9, () => attempt(deps));
    expect(await limited()).toBe(2);
  });

  it('is swept in batches once it no longer counts', async () => {
    const deps = limitDeps();
    await times(5, (i) => attempt(deps, { name: `n${i}` }));
    const sweep = () => stores.loginCounters.sweep(deps.clock.now(), 10);
    expect(await sweep()).toBe(0);
    deps.clock.advance(24 * 3600);
    expect(await sweep()).toBe(10);
    while ((await sweep()) > 0);
    expect(await database.knex('login_counters')).toEqual([]);
  });
});
