/**
 * Passwords: argon2id with the parameters of OWASP's cheat sheet, at most as many at once as there
 * are cores. The hashes run in the thread pool that signs our tokens too: more of them at once
 * would not be faster, only make every signature wait.
 *
 * What is hashed is the NFKC form in UTF-8 (NIST SP 800-63B-4, section 3.1.1.2): the same password
 * typed on another keyboard gives the same bytes. Hashes are PHC strings.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { DomainError } from '../domain/errors.ts';
import { readForeignHash } from '../domain/foreign-hash.ts';
import { ARGON2, isPasswordHash } from '../domain/password-hash.ts';
import { PASSWORD_MAX_BYTES } from '../domain/password-policy.ts';
import { type BoundedQueueLimits, createBoundedQueue, QueueFull } from './bounded-queue.ts';
import { verifyForeignHash } from './foreign-hash.ts';

export interface PasswordHasher {
  /** @throws {DomainError} `hashing_busy`; `password_weak` above 4096 bytes. */
  hash(password: string): Promise<string>;
  /**
   * Without a hash, or with one that is none, it works as long and says no: nobody learns from the
   * time it takes whether there is such a person.
   *
   * @throws {DomainError} `hashing_busy`.
   */
  verify(passwordHash: string | undefined, password: string): Promise<boolean>;
}

/** Of the library's enum, which has no run-time form. */
const ARGON2ID = 2;

/** A full line of 2 cores is through by then. */
const RETRY_AFTER_SECONDS = 2;

export function createPasswordHasher(limits: BoundedQueueLimits): PasswordHasher {
  const queue = createBoundedQueue(limits);
  const decoy = buildDecoy();

  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await queue.run(work);
    } catch (cause) {
      if (!(cause instanceof QueueFull)) throw cause;
      throw new DomainError('hashing_busy', { retryAfterSeconds: RETRY_AFTER_SECONDS }, { cause });
    }
  };

  return {
    async hash(password) {
      if (isTooLong(password)) throw new DomainError('password_weak', { reasons: ['too_long'] });
      return inTurn(async () => hash(passwordBytes(password), { algorithm: ARGON2ID, ...ARGON2 }));
    },

    async verify(passwordHash, password) {
      if (isTooLong(password)) return false;
      const foreign = passwordHash === undefined ? undefined : readForeignHash(passwordHash);
      if (foreign) return inTurn(async () => verifyForeignHash(foreign, password));
      const known = passwordHash !== undefined && isPasswordHash(passwordHash);
      const right = await inTurn(async () =>
        verify(known ? passwordHash : decoy, passwordBytes(password)),
      );
      return known && right;
    },
  };
}

/** A hash of nothing: the work of checking it is that of any other, and no password fits. */
function buildDecoy(): string {
  const { memoryCost, timeCost, parallelism } = ARGON2;
  const base64 = (bytes: number) => randomBytes(bytes).toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${base64(16)}$${base64(32)}`;
}

function isTooLong(password: string): boolean {
  return Buffer.byteLength(password) > PASSWORD_MAX_BYTES;
}

function passwordBytes(password: string): Buffer {
  return Buffer.from(password.normalize('NFKC'));
}
