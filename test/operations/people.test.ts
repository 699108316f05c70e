import { beforeEach, describe, expect, it } from 'vitest';
import { tokenHash } from '../../src/crypto/digest.ts';
import { changePassword } from '../../src/operations/change-password.ts';
import { BY_CLI } from '../../src/operations/actor.ts';
import { createUser } from '../../src/operations/create-user.ts';
import { disableUser, enableUser } from '../../src/operations/disable-user.ts';
import { endOtherSessions, endSession } from '../../src/operations/end-session.ts';
import { resolveSession } from '../../src/operations/resolve-session.ts';
import { setPassword } from '../../src/operations/set-password.ts';
import { signIn } from '../../src/operations/sign-in.ts';
import { NOW } from '../factories.ts';
import { addPerson, aSignIn, RIGHT, signInDeps } from '../support/sign-in.ts';
import { testStores } from '../support/stores.ts';

const ground = await testStores();
const { stores, database } = ground;
const NEXT = 'Seven herons over the old mill';

beforeEach(async () => {
  for (const table of ['users', 'groups', 'login_counters', 'audit_events'])
    await database.knex(table).del();
});

async function signedIn(overrides: Parameters<typeof addPerson>[1] = {}) {
  const user = await addPerson(ground, { username: 'ada', ...overrides });
  const deps = signInDeps(ground);
  return { user, deps, own: await signIn(deps, aSignIn()), other: await signIn(deps, aSignIn()) };
}
const alive = async (deps: ReturnType<typeof signInDeps>, { token }: { token: string }) =>
  (await resolveSession(deps, token)) !== undefined;
const lastEvent = async () => (await stores.auditEvents.list({ limit: 1 }))[0];

describe('changePassword', () => {
  const change = ({ deps, own }: Awaited<ReturnType<typeof signedIn>>, input = {}) =>
    changePassword(deps, {
      user: own.user,
      session: own.session,
      currentPassword: RIGHT,
      newPassword: NEXT,
      deviceToken: own.deviceToken,
      ip: '192.0.2.1',
      userAgent: undefined,
      requestId: undefined,
      ...input,
    });

  it('ends every sign-in but its own, which goes on under a new secret', async () => {
    const setting = await signedIn();
    const changed = await change(setting);
    const { deps, own, other } = setting;
    expect(await alive(deps, changed)).toBe(true);
    expect(await alive(deps, own)).toBe(false);
    expect(await alive(deps, other)).toBe(false);
    await expect(signIn(deps, aSignIn())).rejects.toMatchObject({ code: 'login_failed' });
    expect((await signIn(deps, aSignIn({ password: NEXT }))).user.id).toBe(own.user.id);
    const events = await stores.auditEvents.list({ type: 'user.password_changed', limit: 9 });
    expect(events).toMatchObject([{ actorId: own.user.id, targetId: own.user.id }]);
    expect(JSON.stringify(events)).not.toMatch(/argon2|herons/);
  });

  it('makes strangers of the other browsers', async () => {
    const setting = await signedIn();
    const { deviceToken } = await change(setting);
    const knows = (token: string) =>
      database.knex('known_devices').where({ token_hash: tokenHash(token) });
    expect(await knows(setting.other.deviceToken)).toEqual([]);
    expect(await knows(deviceToken)).toHaveLength(1);
  });

  it.each([
    ['a wrong current one', { currentPassword: NEXT }, 'password_wrong'],
    ['a weak new one', { newPassword: 'short' }, 'password_weak'],
    ['the name as the new one', { newPassword: 'ada lovelace 123' }, 'password_weak'],
  ])('refuses %s and changes nothing', async (_what, input, code) => {
    const setting = await signedIn();
    await expect(change(setting, input)).rejects.toMatchObject({ code });
    expect(await alive(setting.deps, setting.other)).toBe(true);
  });

  it('limits guesses at the current one as sign-ins are', async () => {
    const setting = await signedIn();
    const guess = () => change(setting, { currentPassword: NEXT });
    for (let i = 0; i < 4; i += 1)
      await expect(guess()).rejects.toMatchObject({ code: 'password_wrong' });
    await expect(guess()).rejects.toMatchObject({ code: 'login_limited' });
  });

  it('lets one of two at once change it', async () => {
    const setting = await signedIn();
    const results = await Promise.allSettled([change(setting), change(setting)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('setPassword', () => {
  it('ends all sign-ins and names who did it', async () => {
    const { deps, own } = await signedIn();
    await setPassword(deps, { who: { name: 'ADA' }, password: NEXT, ...BY_CLI });
    expect(await alive(deps, own)).toBe(false);
    expect(await lastEvent()).toMatchObject({ type: 'user.password_changed', actorName: 'cli' });
    expect((await signIn(deps, aSignIn({ password: NEXT }))).user.username).toBe('ada');
  });

  it('says so when the person was removed while the password was hashed', async () => {
    const { deps, user } = await signedIn();
    const passwords = {
      async hash(password: string) {
        await stores.users.remove(user.id);
        return deps.passwords.hash(password);
      },
    };
    const setting = setPassword(
      { ...deps, passwords },
      { who: { name: 'ada' }, password: NEXT, ...BY_CLI },
    );
    await expect(setting).rejects.toMatchObject({ code: 'user_not_found' });
  });

  it.each([
    ['nobody', NEXT, 'user_not_found'],
    ['ada', 'password', 'password_weak'],
  ])('refuses %s with %s: %s', async (name, password, code) => {
    const { deps, own } = await signedIn();
    await expect(setPassword(deps, { who: { name }, password, ...BY_CLI })).rejects.toMatchObject({
      code,
    });
    expect(await alive(deps, own)).toBe(true);
  });
});

describe('disableUser', () => {
  it('ends all sign-ins in the same moment', async () => {
    const { deps, own, other } = await signedIn();
    await disableUser(deps, { who: { name: 'ada' }, ...BY_CLI });
    expect(await alive(deps, own)).toBe(false);
    expect(await stores.sessions.listOfUser(other.user.id, NOW)).toEqual([]);
    await expect(signIn(deps, aSignIn())).rejects.toMatchObject({ code: 'login_failed' });
  });

  it('leaves one of two administrators who disable each other', async () => {
    const deps = signInDeps(ground);
    for (const username of ['ada', 'bob'])
      await addPerson(ground, { username, role: 'administrator' });
    const results = await Promise.allSettled(
      ['ada', 'bob'].map((name) => disableUser(deps, { who: { name }, ...BY_CLI })),
    );
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results).toContainEqual(
      expect.objectContaining({ reason: expect.objectContaining({ code: 'last_administrator' }) }),
    );
    expect(await stores.users.countAdministrators()).toBe(1);
  });

  it('knows nobody of another name', async () => {
    const disabling = disableUser(signInDeps(ground), { who: { name: 'nobody' }, ...BY_CLI });
    await expect(disabling).rejects.toMatchObject({ code: 'user_not_found' });
  });
});

describe('enableUser', () => {
  it('lets somebody sign in again, and writes it down once', async () => {
    const { deps, own } = await signedIn();
    await disableUser(deps, { who: { name: 'ada' }, ...BY_CLI });
    await enableUser(deps, { who: { name: 'ada' }, ...BY_CLI });
    await enableUser(deps, { who: { name: 'ada' }, ...BY_CLI });
    expect(await alive(deps, own)).toBe(false);
    expect((await signIn(deps, aSignIn())).user.id).toBe(own.user.id);
    const events = await stores.auditEvents.list({ type: 'user.enabled', limit: 9 });
    expect(events).toMatchObject([{ actorName: 'cli', targetId: own.user.id }]);
  });

  it('knows nobody of another name', async () => {
    const enabling = enableUser(signInDeps(ground), { who: { name: 'nobody' }, ...BY_CLI });
    await expect(enabling).rejects.toMatchObject({ code: 'user_not_found' });
  });
});

describe('endSession', () => {
  const asked = { ip: undefined, requestId: undefined };

  it('ends one’s own, once', async () => {
    const { deps, user, own, other } = await signedIn();
    const input = { user, sessionId: other.session.id, ...asked };
    await endSession(deps, input);
    expect([await alive(deps, own), await alive(deps, other)]).toEqual([true, false]);
    expect(await lastEvent()).toMatchObject({ type: 'session.ended', targetId: other.session.id });
    await expect(endSession(deps, input)).rejects.toMatchObject({ code: 'session_not_found' });
  });

  it.each(['not a uuid', "' or 1=1", ''])('finds none by %j', async (sessionId) => {
    const { deps, user } = await signedIn();
    const ending = endSession(deps, { user, sessionId, ...asked });
    await expect(ending).rejects.toMatchObject({ code: 'session_not_found' });
  });

  it('leaves somebody else’s alone', async () => {
    const { deps, own } = await signedIn();
    const eve = await addPerson(ground, { username: 'eve' });
    const ending = endSession(deps, { user: eve, sessionId: own.session.id, ...asked });
    await expect(ending).rejects.toMatchObject({ code: 'session_not_found' });
    expect(await alive(deps, own)).toBe(true);
  });

  it('ends all but one', async () => {
    const { deps, user, own, other } = await signedIn();
    expect(await endOtherSessions(deps, { user, sessionId: own.session.id, ...asked })).toBe(1);
    expect([await alive(deps, own), await alive(deps, other)]).toEqual([true, false]);
  });
});

describe('createUser', () => {
  const create = (
    user: Parameters<typeof createUser>[1]['user'],
    password: string | undefined = NEXT,
  ) => createUser(signInDeps(ground), { user, password, ...BY_CLI });

  it('adds a person who can sign in, in groups named in any case', async () => {
    await stores.groups.add({ id: crypto.randomUUID(), name: 'Staff' }, NOW);
    const grace = await create({ username: ' grace', email: 'g@example.org ', groups: ['staff'] });
    expect(grace).toMatchObject({ username: 'grace', groups: ['Staff'], source: 'local' });
    expect(grace).toMatchObject({ displayName: 'grace', email: 'g@example.org' });
    expect(await stores.users.findById(grace.id)).toEqual(grace);
    expect(await lastEvent()).toMatchObject({ type: 'user.created', targetId: grace.id });
    const input = aSignIn({ name: 'g@example.org', password: NEXT });
    expect((await signIn(signInDeps(ground), input)).user.id).toBe(grace.id);
  });

  it.each<[string, Parameters<typeof create>, string]>([
    ['a group that is not there', [{ username: 'grace', groups: ['nope'] }], 'input_invalid'],
    ['an e-mail address that is none', [{ username: 'grace', email: 'grace' }], 'input_invalid'],
    ['an empty username', [{ username: '' }], 'input_invalid'],
    ['a weak password', [{ username: 'grace' }, 'grace'], 'password_weak'],
    ['a name that is taken', [{ username: 'ADA' }], 'login_name_taken'],
  ])('refuses %s and adds nothing', async (_what, input, code) => {
    await addPerson(ground, { username: 'ada' });
    await expect(create(...input)).rejects.toMatchObject({ code });
    expect(await stores.users.findByLoginName('grace')).toBeUndefined();
    expect(await stores.auditEvents.list({ limit: 9 })).toEqual([]);
  });
});
