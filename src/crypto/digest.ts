import { createHash, createHmac } from 'node:crypto';

/** SHA-256, 32 bytes: how unguessable tokens are stored. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** HMAC-SHA-256, 32 bytes: for what could be guessed, such as names. */
export function keyedHash(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** The file Prosody asks an ASAP key server for: lower-case hex SHA-256 of the kid, and `.pem`. */
export function asapFile(kid: string): string {
  return `${createHash('sha256').update(kid).digest('hex')}.pem`;
}
