/**
 * Checks a password against a hash that another system made.
 *
 * @module
 */
import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import type { ForeignHash } from '../domain/foreign-hash.ts';

const derive = promisify(pbkdf2);

/** Off the event loop. The password in the form that system took it: as typed, or by SASLprep. */
export async function verifyForeignHash(known: ForeignHash, password: string): Promise<boolean> {
  if (known.kind === 'bcrypt') return verifyBcrypt(password, known.text);

  const { kind, digest, iterations, salt, hash } = known;
  const isScram = kind === 'scram';
  // SASLprep (RFC 4013) is NFKC for all that people type.
  const text = isScram ? password.normalize('NFKC') : password;
  const bytes = isScram ? digestBytes(digest) : hash.length;
  const derived = await derive(text, salt, iterations, bytes, digest);
  const found = isScram ? storedKey(derived, digest) : derived;
  return found.length === hash.length && timingSafeEqual(found, hash);
}

/** RFC 5802, section 3. */
function storedKey(saltedPassword: Buffer, digest: string): Buffer {
  const clientKey = createHmac(digest, saltedPassword).update('Client Key').digest();
  return createHash(digest).update(clientKey).digest();
}

function digestBytes(digest: string): number {
  return createHash(digest).digest().length;
}
