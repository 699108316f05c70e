/**
 * Seals secrets at rest: AES-256-GCM, bound to the place they are stored in, so that a ciphertext
 * copied to another row does not open there.
 *
 * Sealed form: version (1 byte, 1) ‖ key id (4 bytes) ‖ nonce (12) ‖ ciphertext ‖ tag (16).
 * Associated data: `table|column|row id`. The key id is the head of the key's SHA-256.
 *
 * @module
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** Where a secret is stored. */
export interface Place {
  readonly table: string;
  readonly column: string;
  readonly id: string;
}

export interface SecretBox {
  seal(plain: string, place: Place): Buffer;
  /** @throws {SecretBoxError} when no key fits, or the ciphertext is not of this place. */
  open(sealed: Buffer, place: Place): string;
  /** True when the first key, which seals, made it. */
  isCurrent(sealed: Buffer): boolean;
  /**
   * 32 bytes for one purpose (HKDF-SHA-256, RFC 5869), from the first key. Made once, and kept:
   * purposes are few.
   */
  derive(purpose: string): Buffer;
}

export class SecretBoxError extends Error {
  override readonly name = 'SecretBoxError';
}

const VERSION = 1;
const NONCE = 12;
const TAG = 16;
const HEAD = 1 + 4 + NONCE;

/** @param keys 32 bytes each; the first seals, all open. */
export function createSecretBox(keys: readonly Buffer[]): SecretBox {
  const [first] = keys;
  if (!first) throw new SecretBoxError('a secret box needs a key');
  const byId = new Map(keys.map((key) => [keyId(key).toString('hex'), key]));
  const derivedKeys = new Map<string, Buffer>();

  return {
    seal(plain, place) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv('aes-256-gcm', first, nonce);
      cipher.setAAD(associatedData(place));
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.of(VERSION), keyId(first), nonce, body, cipher.getAuthTag()]);
    },

    open(sealed, place) {
      if (sealed.length < HEAD + TAG || sealed[0] !== VERSION)
        throw new SecretBoxError('this is not a sealed secret');
      const key = byId.get(sealed.subarray(1, 5).toString('hex'));
      if (!key) throw new SecretBoxError('sealed with another ROOMKEY_SECRET');

      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(5, HEAD));
      decipher.setAAD(associatedData(place));
      decipher.setAuthTag(sealed.subarray(-TAG));
      try {
        const body = decipher.update(sealed.subarray(HEAD, -TAG));
        return Buffer.concat([body, decipher.final()]).toString('utf8');
      } catch (cause) {
        throw new SecretBoxError('a sealed secret was altered or moved', { cause });
      }
    },

    isCurrent: (sealed) => sealed.subarray(1, 5).equals(keyId(first)),

    derive(purpose) {
      const derived = derivedKeys.get(purpose) ?? deriveKey(first, purpose);
      derivedKeys.set(purpose, derived);
      return derived;
    },
  };
}

function deriveKey(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', `roomkey ${purpose}`, 32));
}

function keyId(key: Buffer): Buffer {
  return createHash('sha256').update('roomkey key id').update(key).digest().subarray(0, 4);
}

function associatedData({ table, column, id }: Place): Buffer {
  return Buffer.from(`${table}|${column}|${id}`);
}
