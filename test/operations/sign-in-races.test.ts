import { BY_CLI } from '../../src/operations/actor.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LOGIN_LIMITS } from '../../src/domain/login-limits.ts';
import { changePassword } from '../../src/operations/change-password.ts';
import { disableUser } from '../../src/operations/disable-user.ts';
import { setPassword } from '../../src/operations/set-password.ts';
import { type SignedIn, signIn } from '../../src/operations/sign-in.ts';
import { frozenClock as clock, NOW } from '../factories.ts';
import { addPerson, aSignIn, RIGHT, RIGHT_HASH, signInDeps } from '../support/sign-in.ts';
import { testStores } from '../support/stores.ts';

const ground = await testStores();
const { stores, database } = ground;
const NEXT = 'Seven herons over the old mill';

beforeEach(async () => {
  await database.knex('users').del();
  await database.knex('login_counters').del();
});

/** Looks at passwords without work: these tests are about what happens around it. */
function raceDeps(look: () => Promise<void> = async () => undefined) {
  return {
    ...signInDeps(ground),
    passwords: {
      hash: async () => 'the hash of another password',
      verify: async (hash: string | undefined, password: string) => {
        await look();
        return hash === RIGHT_HASH && password === RIGHT;
      },
    },
  };
}

const addresses = (count: number) => Array.from({ length: count }, (_, i) => `198.51.100.${i}`);

/** Those that came in, and why the others did not. */
async function settle(attempts: readonly Promise<SignedIn>[]) {
  const settled = await Promise.allSettled(attempts);
  const signedIn = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const refusals = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
  return { signedIn, codes: new Set(refusals.map((reason: { code?: string }) => reason.code)) };
}

describe('fifty right sign-ins at once', () => {
  it('of one account from one address go in or wait, and leave no count behind', async () => {
    await addPerson(ground, { username: 'ada' });
    const deps = raceDeps();
    const attempts = addresses(50).map(() => signIn(deps, aSignIn()));
    const { signedIn, codes } = await settle(attempts);
    expect(signedIn.length).toBeGreaterThan(3);
    expect([...codes].filter((code) => code !== 'login_limited')).toEqual([]);

    const failures = aSignIn({ password: 'wrong', ip: '192.0.2.1' });
    for (const _ of [1, 2, 3, 4])
      await expect(signIn(deps, failures)).rejects.toMatchObject({ code: 'login_failed' });
  });

  it('of one account from everywhere go in, but for those beyond thirty at work', async () => {
    await addPerson(ground, { username: 'ada' });
    const deps = raceDeps();
    const attempts = addresses(50).map((ip) => signIn(deps, aSignIn({ ip })));
    const { signedIn, codes } = await settle(attempts);
    expect(signedIn.length).toBeGreaterThanOrEqual(30);
    expect([...codes].filter((code) => code !== 'login_limited')).toEqual([]);
    expect((await signIn(deps, aSignIn())).user.username).toBe('ada');
  });

  it('of a few browsers that several people share, wrong ones between, all get an answer', async () => {
    const people = await Promise.all(addresses(5).map(() => addPerson(ground)));
    const deps = { ...raceDeps(), limits: { ...DEFAULT_LOGIN_LIMITS, waitsSeconds: [0] } };
    const input = (i: number, password: string) =>
      aSignIn({ name: people[i % 5]?.username ?? '', ip: addresses(3)[i % 3] ?? '', password });
    const browsers = await Promise.all([0, 1, 2].map((i) => signIn(deps, input(i, RIGHT))));

    const attempts = addresses(60).map((_, i) => {
      const { token, deviceToken } = browsers[i % 3] ?? {};
      const password = i % 4 === 0 ? 'wrong' : RIGHT;
      return signIn(deps, { ...input(i, password), previousToken: token, deviceToken });
    });
    const { signedIn, codes } = await settle(attempts);
    expect(signedIn.length).toBeGreaterThan(3);
    const answers = ['login_failed', 'login_limited'];
    expect([...codes].filter((code) => !answers.includes(code ?? ''))).toEqual([]);
  });

  it('of as many people from as many addresses all go in', async () => {
    const people = await Promise.all(addresses(50).map(() => addPerson(ground)));
    const deps = raceDeps();
    const attempts = addresses(50).map((ip, i) =>
      signIn(deps, aSignIn({ name: people[i]?.username ?? '', ip })),
    );
    expect((await settle(attempts)).signedIn).toHaveLength(50);
  });
});

/**
 * Thirty sign-ins have their password looked at; ten go on before the change, ten beside it, and
 * ten when it is done.
 */
async function amid(change: (first: SignedIn) => Promise<unknown>) {
  await addPerson(ground, { username: 'ada' });
  const first = await signIn(raceDeps(), aSignIn());

  const waiting: (() => void)[] = [];
  let allWait = () => {};
  const all = new Promise<void>((resolve) => {
    allWait = resolve;
  });
  let seen = 0;
  const deps = raceDeps(async () => {
    seen += 1;
    // Those that look a second time need not wait.
    if (seen > 30) return;
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === 30) allWait();
    });
  });
  const attempts = addresses(30).map((ip) => signIn(deps, aSignIn({ ip })));
  const settled = settle(attempts);
  await all;

  const letTenGo = () => {
    for (const go of waiting.splice(0, 10)) go();
  };
  letTenGo();
  await Promise.any(attempts);
  const changed = change(first);
  letTenGo();
  await changed;
  letTenGo();
  const { signedIn, codes } = await settled;
  const left = await stores.sessions.listOfUser(first.user.id, NOW);
  return { codes: [...codes], signedIn, left: left.map(({ id }) => id) };
}

describe('sign-ins while the account is taken away', () => {
  it('leave nobody signed in when the person is disabled', async () => {
    const after = await amid(() =>
      disableUser({ stores, clock }, { who: { name: 'ada' }, ...BY_CLI }),
    );
    expect(after).toMatchObject({ left: [], codes: ['login_failed'] });
    expect(after.signedIn.length).toBeLessThanOrEqual(20);
  });

  it('leave nobody signed in when the password is set anew', async () => {
    const { passwords } = raceDeps();
    const set = { who: { name: 'ada' }, password: NEXT, ...BY_CLI };
    const after = await amid(() => setPassword({ stores, clock, passwords }, set));
    expect(after).toMatchObject({ left: [], codes: ['login_failed'] });
  });

  it('leave only the browser that changed the password', async () => {
    let own = '';
    const after = await amid(async ({ user, session, deviceToken }) => {
      const changed = await changePassword(raceDeps(), {
        user,
        session,
        currentPassword: RIGHT,
        newPassword: NEXT,
        deviceToken,
        ip: '192.0.2.1',
        userAgent: undefined,
        requestId: undefined,
      });
      own = changed.session.id;
    });
    expect(after).toMatchObject({ left: [own], codes: ['login_failed'] });
  });
});
