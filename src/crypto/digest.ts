import { createHash, createHmac } from 'node:crypto';

/** SHA-256, 32 bytes: how unguessable tokens are stored. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** What the OpenID provider keeps is named by this: it tells nothing of what a client holds. */
export function artifactName({ issuerId, kind, id }: ArtifactPlace): string {
  return tokenHash(`${issuerId}|${kind}|${id}`).toString('base64url');
}

export interface ArtifactPlace {
  readonly issuerId: string;
  /** `AuthorizationCode`, `RefreshToken`, … */
  readonly kind: string;
  /** What the client holds. */
  readonly id: string;
}

/** Lower-case hex of a text's SHA-256. */
export function sha256Hex(text: string): string {
  return tokenHash(text).toString('hex');
}

/** HMAC-SHA-256, 32 bytes: for what could be guessed, such as names. */
export function keyedHash(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** The file Prosody asks an ASAP key server for: lower-case hex SHA-256 of the kid, and `.pem`. */
export function asapFile(kid: string): string {
  return `${sha256Hex(kid)}.pem`;
}
