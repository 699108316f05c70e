/**
 * Time and chance, as everything below the wiring sees them: handed in, never ambient.
 *
 * @module
 */

/** Where "now" comes from. Tests hand in one that stands still. */
export interface Clock {
  now(): Date;
}

/** Where chance comes from. The real one is `crypto/random.ts`. */
export interface Random {
  /** 256 unguessable bits, base64url, 43 characters. */
  token(): string;
  /** A random UUID (RFC 9562, version 4). */
  uuid(): string;
  /** A reference a person can read out: eight characters of Crockford's base 32. */
  reference(): string;
}
