import { hash, verify } from 'argon2';
import { describe, expect, it } from 'vitest';
import { createBoundedQueue } from '../../src/crypto/bounded-queue.ts';
import { createPasswordHasher } from '../../src/crypto/password.ts';
import { isPasswordHash } from '../../src/domain/password-hash.ts';

const passwords = createPasswordHasher({ parallel: 2, queue: 100 });

describe('hash and verify', () => {
  it.each([
    ['a length no encoder writes', 'm=64,t=1,p=1', 'A'.repeat(13)],
    ['bits left over', 'm=64,t=1,p=1', 'a'.repeat(22)],
    ['the letters of base64url', 'm=64,t=1,p=1', 'A-A_'.repeat(4)],
    ['zeros before a number', 'm=064,t=1,p=1', 'A'.repeat(22)],
  ])('takes no hash with %s, and breaks on none', async (_what, costs, salt) => {
    const text = `$argon2id$v=19$${costs}$${salt}$${'A'.repeat(43)}`;
    expect(isPasswordHash(text)).toBe(false);
    expect(await passwords.verify(text, 'x')).toBe(false);
  });

  it('hashes with argon2id, 19 MiB, two passes, one lane, and a new salt each time', async () => {
    const [one, other] = await Promise.all([passwords.hash('same'), passwords.hash('same')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(other);
    expect(await passwords.verify(one, 'same')).toBe(true);
    expect(await passwords.verify(one, 'Same')).toBe(false);
  });

  it.each([
    ['composed and decomposed', 'Zürcher Geschnetzeltes', 'Zu\u0308rcher Geschnetzeltes'],
    ['full-width and ordinary', 'ｐａｓｓword', 'password'],
  ])('takes the %s form for the same', async (_what, one, other) => {
    expect(await passwords.verify(await passwords.hash(one), other)).toBe(true);
  });

  it('looks at every byte up to 4096, and at no more', async () => {
    const longest = 'ä'.repeat(2048);
    const hashed = await passwords.hash(longest);
    expect(await passwords.verify(hashed, longest)).toBe(true);
    expect(await passwords.verify(hashed, `${longest.slice(0, -1)}a`)).toBe(false);
    await expect(passwords.hash(`${longest}x`)).rejects.toMatchObject({ code: 'password_weak' });
  });

  it('makes hashes that another library takes', async () => {
    const ours = await passwords.hash('Zürich, seit 1291');
    expect(await verify(ours, 'Zürich, seit 1291')).toBe(true);
    expect(await verify(ours, 'Zurich, seit 1291')).toBe(false);
  });

  it('reads hashes made with other parameters', async () => {
    const foreign = await hash('theirs', { memoryCost: 4096, timeCost: 3, parallelism: 2 });
    expect(await passwords.verify(foreign, 'theirs')).toBe(true);
  });

  it.each([
    ['no hash', undefined],
    ['an empty one', ''],
    ['one of another kind', '$2b$12$abcdefghijklmnopqrstuv'],
    [
      'one that would take ten gigabytes',
      '$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHQ$aGFzaGhhc2hoYXNoaGFzaA',
    ],
  ])('says no to %s after the work of a whole hash', async (_what, known) => {
    const real = await passwords.hash('x');
    const workOf = async (phc: string | undefined) => {
      const before = process.cpuUsage();
      expect(await passwords.verify(phc, '')).toBe(false);
      return process.cpuUsage(before).user;
    };
    const median = async (phc: string | undefined) => {
      const trials: number[] = [];
      for (let i = 0; i < 7; i += 1) trials.push(await workOf(phc));
      return trials.sort((a, b) => a - b)[3] ?? 0;
    };
    expect(await median(known)).toBeGreaterThan((await median(real)) / 3);
  });
});

describe('createPasswordHasher', () => {
  it('turns away what does not fit in line, and says when to come back', async () => {
    const small = createPasswordHasher({ parallel: 1, queue: 2 });
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, () => small.verify(undefined, 'x')),
    );
    const statuses = results.map(({ status }) => status);
    expect(statuses.slice(0, 3)).toEqual(['fulfilled', 'fulfilled', 'fulfilled']);
    expect(statuses.slice(3)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(results[3]).toMatchObject({
      reason: { code: 'hashing_busy', details: { retryAfterSeconds: 2 } },
    });
    expect(await small.verify(undefined, 'x')).toBe(false);
  });
});

describe('createBoundedQueue', () => {
  it('works on so many at once, in the order they came, and goes on after a failure', async () => {
    const queue = createBoundedQueue({ parallel: 2, queue: 10 });
    const began: number[] = [];
    const atWork: number[] = [];
    const busy = new Set<number>();
    const work = async (index: number) => {
      began.push(index);
      busy.add(index);
      atWork.push(busy.size);
      await new Promise((resolve) => setImmediate(resolve));
      busy.delete(index);
      if (index === 1) throw new Error('one of them fails');
    };
    await Promise.allSettled([0, 1, 2, 3, 4, 5].map((i) => queue.run(() => work(i))));
    expect(began).toEqual([0, 1, 2, 3, 4, 5]);
    expect(Math.max(...atWork)).toBe(2);
  });
});
