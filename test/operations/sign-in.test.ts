import { hash } from 'argon2';
import { beforeEach, describe, expect, it } from 'vitest';
import { resolveSession } from '../../src/operations/resolve-session.ts';
import { type SignInInput, signIn } from '../../src/operations/sign-in.ts';
import { signOut } from '../../src/operations/sign-out.ts';
import { addPerson, aSignIn, countingHasher, RIGHT, signInDeps } from '../support/sign-in.ts';
import { testStores } from '../support/stores.ts';

const ground = await testStores();
const { stores, database } = ground;

beforeEach(async () => {
  await database.knex('users').del();
  await database.knex('login_counters').del();
  await database.knex('audit_events').del();
});

const codeOf = async (promise: Promise<unknown>) =>
  promise.then(
    () => 'in',
    (error: { code?: string }) => error.code,
  );

describe('signIn', () => {
  it('turns name and password into a sign-in that the cookie stands for', async () => {
    const ada = await addPerson(ground, { email: 'ada@example.org' });
    const deps = signInDeps(ground);
    const { token } = await signIn(deps, aSignIn({ name: ' ADA@example.org ' }));

    const live = await resolveSession(deps, token);
    expect(live?.user.id).toBe(ada.id);
    expect(live?.session).toMatchObject({ methods: ['pwd'], ip: '192.0.2.1' });
    const [event] = await stores.auditEvents.list({ limit: 10 });
    expect(event).toMatchObject({
      type: 'session.started',
      actorId: ada.id,
      requestId: 'REQ12345',
    });
  });

  it.each<[string, Partial<SignInInput>, string]>([
    ['a wrong password', { password: 'Rainer sits by a red canal' }, 'password_wrong'],
    ['a name nobody has', { name: 'nobody' }, 'name_unknown'],
    ['a name with a NUL', { name: 'a\0da' }, 'name_unknown'],
    ['a disabled person', { name: 'gone' }, 'user_disabled'],
    ['a person without a password', { name: 'mirrored' }, 'password_wrong'],
    ['a password of megabytes', { password: 'x'.repeat(2 ** 20) }, 'password_wrong'],
  ])('answers %s alike, after the same work', async (_what, input, reason) => {
    await addPerson(ground, { username: 'ada' });
    const gone = await addPerson(ground, { username: 'gone' });
    await stores.users.setDisabledAt(gone.id, gone.createdAt, gone.createdAt);
    const mirrored = await addPerson(ground, { username: 'mirrored' });
    await database.knex('users').where({ id: mirrored.id }).update({ password_hash: null });

    const deps = signInDeps(ground);
    await expect(signIn(deps, aSignIn(input))).rejects.toMatchObject({
      code: 'login_failed',
      details: undefined,
      message: 'login_failed',
    });
    expect(deps.passwords.calls).toEqual({ verify: 1, hash: 0 });
    const events = await stores.auditEvents.list({ limit: 10 });
    expect(events).toMatchObject([{ type: 'session.refused', reason }]);
  });

  it('keeps the name of an unknown sign-in as a keyed hash only', async () => {
    await codeOf(signIn(signInDeps(ground), aSignIn({ name: 'My Secret Passphrase' })));
    const { rows } = await database.knex.raw(
      'select a::text as line from audit_events a union all select c::text from login_counters c',
    );
    const lines = rows.map(({ line }: { line: string }) => line).join('\n');
    expect(lines).toContain('nameHash');
    expect(lines.toLowerCase()).not.toContain('secret passphrase');
  });

  it('ends the sign-in the browser had and gives it a new secret', async () => {
    await addPerson(ground, { username: 'ada' });
    const deps = signInDeps(ground);
    const first = await signIn(deps, aSignIn());
    const second = await signIn(deps, aSignIn({ previousToken: first.token }));

    expect(second.token).not.toBe(first.token);
    expect(await resolveSession(deps, first.token)).toBeUndefined();
    expect(await resolveSession(deps, second.token)).toBeDefined();
  });

  it('does not adopt a secret it did not make', async () => {
    await addPerson(ground, { username: 'ada' });
    const deps = signInDeps(ground);
    const planted = 'p'.repeat(43);
    const { token, deviceToken } = await signIn(
      deps,
      aSignIn({ previousToken: planted, deviceToken: planted }),
    );
    expect([token, deviceToken]).not.toContain(planted);
    expect(await resolveSession(deps, planted)).toBeUndefined();
  });

  it('hashes anew what was hashed with less work', async () => {
    const ada = await addPerson(ground, { username: 'ada' });
    const weak = await hash(RIGHT, { memoryCost: 4096, timeCost: 1, parallelism: 1 });
    await stores.users.setPasswordHash(ada.id, weak, ada.createdAt);

    const deps = signInDeps(ground);
    await signIn(deps, aSignIn());
    expect(await stores.users.findPasswordHash(ada.id)).toContain('m=19456,t=2,p=1');
    await signIn(deps, aSignIn());
    expect(deps.passwords.calls.hash).toBe(1);
  });

  it('starts nothing when the password changes while it is checked', async () => {
    const ada = await addPerson(ground, { username: 'ada' });
    const deps = signInDeps(ground);
    const checked = { ...deps.passwords };
    const other = await countingHasher().hash('another password of mine');
    deps.passwords.verify = async (known, password) => {
      const right = await checked.verify(known, password);
      await stores.users.setPasswordHash(ada.id, other, ada.createdAt);
      return right;
    };
    expect(await codeOf(signIn(deps, aSignIn()))).toBe('login_failed');
    expect(await stores.sessions.listOfUser(ada.id, ada.createdAt)).toEqual([]);
  });

  it('counts nothing when no core is free to look at the password', async () => {
    await addPerson(ground, { username: 'ada' });
    const deps = { ...signInDeps(ground), passwords: countingHasher({ parallel: 0, queue: 0 }) };
    expect(await codeOf(signIn(deps, aSignIn()))).toBe('hashing_busy');
    expect(await database.knex('login_counters').where('count', '>', 0)).toEqual([]);
  });
});

describe('resolveSession', () => {
  it.each([
    ['stays alive while used', false, [7, 7, 7], true],
    ['ends when unused for 8 hours', false, [8], false],
    ['ends after 24 hours, used or not', false, [7, 7, 7, 3], false],
    ['stays alive unused when remembered', true, [24 * 29], true],
    ['ends after 30 days when remembered', true, [24 * 15, 24 * 15], false],
  ])('a sign-in %s', async (_what, remember, hours, alive) => {
    await addPerson(ground, { username: 'ada' });
    const deps = signInDeps(ground);
    const { token } = await signIn(deps, aSignIn({ remember }));
    let live: unknown;
    for (const hour of hours) {
      deps.clock.advance(hour * 3600);
      live = await resolveSession(deps, token);
    }
    expect(live !== undefined).toBe(alive);
  });

  it('writes down once a minute that it is used', async () => {
    await addPerson(ground, { username: 'ada' });
    const deps = signInDeps(ground);
    const { token, session } = await signIn(deps, aSignIn());
    const lastSeen = async () => (await resolveSession(deps, token))?.session.lastSeenAt;

    deps.clock.advance(59);
    await lastSeen();
    expect(await lastSeen()).toEqual(session.lastSeenAt);
    deps.clock.advance(1);
    await lastSeen();
    expect(await lastSeen()).toEqual(deps.clock.now());
  });

  it.each([undefined, '', 'x', 'a\0b', 'x'.repeat(43)])('knows nobody by %j', async (token) => {
    expect(await resolveSession(signInDeps(ground), token)).toBeUndefined();
  });
});

describe('signOut', () => {
  it('ends the sign-in, writes it down, and does nothing a second time', async () => {
    await addPerson(ground, { username: 'ada' });
    const deps = signInDeps(ground);
    const { token } = await signIn(deps, aSignIn());
    const input = { token, ip: undefined, requestId: undefined };
    await signOut(deps, input);
    await signOut(deps, input);

    expect(await resolveSession(deps, token)).toBeUndefined();
    expect(await stores.auditEvents.list({ type: 'session.ended', limit: 9 })).toHaveLength(1);
  });
});
