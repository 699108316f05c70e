import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { tokenHash } from '../../src/crypto/digest.ts';
import { buildSession, DEFAULT_SESSION_LIFETIMES } from '../../src/domain/session.ts';
import { aUser, NOW } from '../factories.ts';
import { testStores } from '../support/stores.ts';

const { stores } = await testStores();

async function aLiveSession(token: string, { disabled = false } = {}): Promise<string> {
  const username = `user-${randomUUID().slice(0, 8)}`;
  const user = aUser({ id: randomUUID(), username, email: undefined, groups: [] });
  await stores.users.add(user, NOW);
  if (disabled) await stores.users.setDisabledAt(user.id, NOW, NOW);
  const facts = { id: randomUUID(), userId: user.id, methods: ['pwd'], remembered: false } as const;
  const session = buildSession(
    { ...facts, ip: undefined, userAgent: undefined },
    NOW,
    DEFAULT_SESSION_LIFETIMES,
  );
  await stores.sessions.add(session, tokenHash(token));
  return username;
}

describe('findAlive', () => {
  it('gives each of many at once their own, and strangers nothing', async () => {
    const tokens = Array.from({ length: 20 }, () => randomUUID());
    const names = await Promise.all(tokens.map((token) => aLiveSession(token)));
    const asked = tokens.flatMap((token) => [token, `not ${token}`, token]);
    const found = await Promise.all(
      asked.map((token) => stores.sessions.findAlive(tokenHash(token), NOW)),
    );
    expect(found.map((live) => live?.user.username)).toEqual(
      names.flatMap((name) => [name, undefined, name]),
    );
  });

  it('holds each against its own moment', async () => {
    const token = randomUUID();
    const username = await aLiveSession(token);
    const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);
    const idle = DEFAULT_SESSION_LIFETIMES.idleSeconds;
    const found = await Promise.all(
      [0, idle - 1, idle, 0, idle + 1].map((seconds) =>
        stores.sessions.findAlive(tokenHash(token), after(seconds)),
      ),
    );
    expect(found.map((live) => live?.user.username)).toEqual([
      username,
      username,
      undefined,
      username,
      undefined,
    ]);
  });

  it('gives nothing for disabled people', async () => {
    const token = randomUUID();
    await aLiveSession(token, { disabled: true });
    expect(await stores.sessions.findAlive(tokenHash(token), NOW)).toBeUndefined();
  });
});
