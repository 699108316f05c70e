import { beforeEach, describe, expect, it } from 'vitest';
import { tokenHash } from '../../../src/crypto/digest.ts';
import { BY_CLI } from '../../../src/operations/actor.ts';
import { disableUser } from '../../../src/operations/disable-user.ts';
import {
  checkPasswordLink,
  inviteUser,
  PASSWORD_LINK_SECONDS,
  usePasswordLink,
} from '../../../src/operations/people/password-links.ts';
import { updateUser } from '../../../src/operations/people/update-user.ts';
import { setPassword } from '../../../src/operations/set-password.ts';
import { signIn } from '../../../src/operations/sign-in.ts';
import type { StoresInTransaction } from '../../../src/stores/index.ts';
import { addPerson, aSignIn, RIGHT, signInDeps } from '../../support/sign-in.ts';
import { testStores } from '../../support/stores.ts';

const ground = await testStores();
const { stores, database } = ground;
const NEXT = 'Seven herons over the old mill';
const actor = { ip: '192.0.2.1', requestId: 'REQ12345' };
const invalid = { code: 'password_link_invalid' };

beforeEach(async () => {
  for (const table of ['users', 'login_counters', 'audit_events']) await database.knex(table).del();
});

async function invited() {
  const deps = { ...signInDeps(ground), stores };
  const user = await addPerson(ground, { username: 'ada' });
  const { token } = await inviteUser(deps, { ...BY_CLI, who: { id: user.id } });
  return { deps, user, token };
}

describe('a link for a new password', () => {
  it('sets it, ends all sign-ins, and is gone', async () => {
    const { deps, user, token } = await invited();
    await signIn(deps, aSignIn());
    expect((await checkPasswordLink(deps, token)).id).toBe(user.id);
    await usePasswordLink(deps, { token, password: NEXT, actor });
    expect(await stores.sessions.listOfUser(user.id, deps.clock.now())).toEqual([]);
    await signIn(deps, aSignIn({ password: NEXT }));
    await expect(checkPasswordLink(deps, token)).rejects.toMatchObject(invalid);
    const [event] = await stores.auditEvents.list({ type: 'user.password_changed', limit: 1 });
    expect(event).toMatchObject({ ...actor, actorId: user.id, targetId: user.id });
  });

  it('works for one of many at once', async () => {
    const { deps, token } = await invited();
    const using = Array.from({ length: 8 }, (_, nth) =>
      usePasswordLink(deps, { token, password: `${NEXT} ${nth}`, actor }),
    );
    const results = await Promise.allSettled(using);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: invalid });
  });

  it('never waits in a circle with a change of role', async () => {
    for (let round = 0; round < 5; round += 1) {
      await database.knex('users').del();
      const { deps, token, user } = await invited();
      const using = usePasswordLink(deps, { token, password: NEXT, actor });
      const rising = [1, 2, 3].map((nth) =>
        updateUser(deps, {
          ...BY_CLI,
          who: { id: user.id },
          changes: { role: nth % 2 === 1 ? 'auditor' : null, email: `ada${nth}@example.org` },
        }),
      );
      const [used, ...changes] = await Promise.allSettled([using, ...rising]);
      expect(changes.map(({ status }) => status)).toEqual(changes.map(() => 'fulfilled'));
      if (used?.status === 'rejected') expect(used.reason).toMatchObject(invalid);
    }
  });

  it('takes the person before the link, as a change of role does', async () => {
    const { deps, token } = await invited();
    const order: string[] = [];
    const watched = {
      ...deps.stores,
      transaction: <T>(work: (tx: StoresInTransaction) => Promise<T>) =>
        deps.stores.transaction((tx) => {
          const users = {
            ...tx.users,
            hold: (id: string) => {
              order.push('person');
              return tx.users.hold(id);
            },
          };
          const passwordLinks = {
            ...tx.passwordLinks,
            consume: (hash: Buffer, now: Date) => {
              order.push('link');
              return tx.passwordLinks.consume(hash, now);
            },
          };
          return work({ ...tx, users, passwordLinks });
        }),
    };
    await usePasswordLink({ ...deps, stores: watched }, { token, password: NEXT, actor });
    expect(order).toEqual(['person', 'link']);
  });

  it('survives being looked at, and a password we do not take', async () => {
    const { deps, token } = await invited();
    await checkPasswordLink(deps, token);
    for (const password of ['short', 'ada ada ada ada ada'])
      await expect(usePasswordLink(deps, { token, password, actor })).rejects.toMatchObject({
        code: 'password_weak',
      });
    await usePasswordLink(deps, { token, password: NEXT, actor });
  });

  it('leaves the password one has until then', async () => {
    const { deps } = await invited();
    await signIn(deps, aSignIn({ password: RIGHT }));
  });

  it('is kept as a hash alone', async () => {
    const { token } = await invited();
    const [row] = await database.knex('password_links');
    expect(row.token_hash).toEqual(tokenHash(token));
    const written = JSON.stringify([row, await stores.auditEvents.list({ limit: 9 })]);
    expect(written).not.toContain(token);
  });

  it.each<[string, (setting: Awaited<ReturnType<typeof invited>>) => Promise<unknown>]>([
    ['a newer one is made', ({ deps, user }) => inviteUser(deps, { ...BY_CLI, who: user })],
    ['the person is disabled', ({ deps, user }) => disableUser(deps, { ...BY_CLI, who: user })],
    ['the person is removed', ({ user }) => stores.users.remove(user.id)],
    [
      'the password is set by another way',
      ({ deps, user }) => setPassword(deps, { ...BY_CLI, who: user, password: NEXT }),
    ],
    ['seven days are over', async ({ deps }) => deps.clock.advance(PASSWORD_LINK_SECONDS)],
  ])('dies when %s', async (_what, happen) => {
    const setting = await invited();
    const { deps, token } = setting;
    await happen(setting);
    await expect(checkPasswordLink(deps, token)).rejects.toMatchObject(invalid);
    await expect(usePasswordLink(deps, { token, password: NEXT, actor })).rejects.toMatchObject(
      invalid,
    );
  });

  it.each(['', 'nonsense', 'a'.repeat(43)])('is none: %j', async (token) => {
    const { deps } = await invited();
    await expect(checkPasswordLink(deps, token)).rejects.toMatchObject(invalid);
  });
});
