/**
 * All that a sign-in needs, over a real database.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { createPasswordHasher, type PasswordHasher } from '../../src/crypto/password.ts';
import { systemRandom } from '../../src/crypto/random.ts';
import { DEFAULT_LOGIN_LIMITS } from '../../src/domain/login-limits.ts';
import { DEFAULT_SESSION_LIFETIMES } from '../../src/domain/session.ts';
import type { User } from '../../src/domain/user.ts';
import type { ConfirmPasswordDeps } from '../../src/operations/confirm-password.ts';
import type { SignInDeps, SignInInput } from '../../src/operations/sign-in.ts';
import { aUser, movableClock, NOW } from '../factories.ts';
import type { TestStores } from './stores.ts';

export const RIGHT = 'Rainer sits by a green canal';

export interface CountingHasher extends PasswordHasher {
  readonly calls: { verify: number; hash: number };
}

/** Real argon2, and how often it was asked. */
export function countingHasher(limits = { parallel: 2, queue: 100 }): CountingHasher {
  const real = createPasswordHasher(limits);
  const calls = { verify: 0, hash: 0 };
  return {
    calls,
    hash(password) {
      calls.hash += 1;
      return real.hash(password);
    },
    verify(hash, password) {
      calls.verify += 1;
      return real.verify(hash, password);
    },
  };
}

const RIGHT_HASH = await createPasswordHasher({ parallel: 1, queue: 0 }).hash(RIGHT);

export { RIGHT_HASH };

export function signInDeps({ stores, secretBox }: TestStores) {
  return {
    stores,
    secretBox,
    clock: movableClock(),
    random: systemRandom,
    limits: DEFAULT_LOGIN_LIMITS,
    lifetimes: DEFAULT_SESSION_LIFETIMES,
    passwords: countingHasher(),
    publicUrl: () => new URL('https://auth.example.org'),
    fetchPicture: async () => undefined,
    // No directory is set up: none is asked.
    catalog: { current: () => ({ upstreams: new Map(), settings: new Map() }) },
    directory: {
      authenticate: () => Promise.reject(new Error('no directory')),
      proveAgain: () => Promise.reject(new Error('no directory')),
    },
  } satisfies ConfirmPasswordDeps & SignInDeps;
}

/** A person of their own name, whose password is `RIGHT`. */
export async function addPerson(
  { stores }: TestStores,
  overrides: Partial<User> = {},
): Promise<User> {
  const id = randomUUID();
  const username = `user-${id.slice(0, 8)}`;
  const person = aUser({ id, username, email: undefined, groups: [], ...overrides });
  await stores.users.add(person, NOW);
  await stores.users.setPasswordHash(id, RIGHT_HASH, NOW);
  return person;
}

export function aSignIn(overrides: Partial<SignInInput> = {}): SignInInput {
  return {
    name: 'ada',
    password: RIGHT,
    remember: false,
    previousToken: undefined,
    deviceToken: undefined,
    ip: '192.0.2.1',
    userAgent: 'Firefox',
    requestId: 'REQ12345',
    ...overrides,
  };
}
