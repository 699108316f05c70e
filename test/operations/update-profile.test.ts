import { beforeEach, describe, expect, it } from 'vitest';
import { updateProfile } from '../../src/operations/update-profile.ts';
import { addPerson, signInDeps } from '../support/sign-in.ts';
import { testStores } from '../support/stores.ts';

const ground = await testStores();
const { stores, database } = ground;
const CLI = { actorName: 'cli' };

beforeEach(async () => {
  for (const table of ['users', 'audit_events']) await database.knex(table).del();
});

async function aPerson(overrides: Parameters<typeof addPerson>[1] = {}) {
  const user = await addPerson(ground, { username: 'ada', ...overrides });
  return { user, deps: signInDeps(ground) };
}
const lastEvent = async () => (await stores.auditEvents.list({ limit: 1 }))[0];

describe('updateProfile', () => {
  it('changes what people may change, and writes down before and after', async () => {
    const { deps, user } = await aPerson({ language: 'en' });
    const profile = {
      displayName: ' Countess ',
      language: null,
      avatarUrl: 'https://a.example/x.png',
    };
    await updateProfile(deps, { userId: user.id, profile, actor: CLI });
    expect(await stores.users.findById(user.id)).toEqual({
      ...user,
      displayName: 'Countess',
      language: undefined,
      avatarUrl: 'https://a.example/x.png',
    });
    expect((await lastEvent())?.details).toEqual({
      before: { displayName: user.displayName, language: 'en' },
      after: { displayName: 'Countess', avatarUrl: 'https://a.example/x.png' },
    });
  });

  it('writes down what each of many at once found and left', async () => {
    const { deps, user } = await aPerson();
    const names = Array.from({ length: 12 }, (_, index) => `Ada ${index}`);
    await Promise.all(
      names.map((displayName) =>
        updateProfile(deps, { userId: user.id, profile: { displayName }, actor: CLI }),
      ),
    );
    const events = await stores.auditEvents.list({ type: 'user.updated', limit: 99 });
    const befores = events.map(({ details }) => Object(details?.before).displayName);
    expect(new Set(befores).size).toBe(names.length);
  });

  it('says so of a person who was removed', async () => {
    const { deps, user } = await aPerson();
    await stores.users.remove(user.id);
    const profile = { displayName: 'Countess' };
    const updating = updateProfile(deps, { userId: user.id, profile, actor: CLI });
    await expect(updating).rejects.toMatchObject({ code: 'user_not_found' });
  });

  it('writes nothing down when nothing changes', async () => {
    const { deps, user } = await aPerson();
    const before = await lastEvent();
    await updateProfile(deps, {
      userId: user.id,
      profile: { displayName: user.displayName },
      actor: CLI,
    });
    expect(await lastEvent()).toEqual(before);
  });

  it.each<[string, Record<string, unknown>]>([
    ['an http avatar', { avatarUrl: 'http://a.example/x.png' }],
    ['a script as avatar', { avatarUrl: 'javascript:alert(1)' }],
    ['a password in the avatar’s address', { avatarUrl: 'https://a:b@a.example/' }],
    ['a long avatar', { avatarUrl: `https://a.example/${'x'.repeat(500)}` }],
    ['a control character', { displayName: 'Ada\u0007' }],
    ['a NUL', { displayName: 'A\0da' }],
    ['text that turns its surroundings around', { displayName: 'Ada\u202Egnp.' }],
    ['a lone surrogate', { displayName: 'Ada\uD800' }],
    ['an empty name', { displayName: '   ' }],
    ['a long name', { displayName: 'x'.repeat(201) }],
    ['no language', { language: '../en' }],
    ['an e-mail address', { email: 'boss@example.org' }],
    ['a role', { role: 'administrator' }],
    ['groups', { groups: ['moderators'] }],
  ])('refuses %s', async (_what, profile) => {
    const { deps, user } = await aPerson();
    const updating = updateProfile(deps, { userId: user.id, profile, actor: CLI });
    await expect(updating).rejects.toMatchObject({ code: 'input_invalid' });
    expect(await stores.users.findById(user.id)).toEqual(user);
  });
});
