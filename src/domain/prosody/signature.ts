/**
 * What the domain may not do itself and has handed in: hashes and signatures.
 * `crypto/prosody-signatures.ts` does it with node:crypto.
 *
 * @module
 */

/** A key as Prosody came by it. */
export type VerifyingKey =
  | { readonly kind: 'secret'; readonly secret: string }
  /** SPKI, PKCS#1 or a private key: what OpenSSL takes where a public key is wanted. */
  | { readonly kind: 'pem'; readonly pem: string }
  | { readonly kind: 'certificate'; readonly pem: string }
  /** The numbers of an RSA key, base64url. */
  | { readonly kind: 'jwk'; readonly n: string; readonly e: string };

export interface SignatureInput {
  readonly alg: Algorithm;
  readonly key: VerifyingKey;
  readonly signingInput: string;
  /** base64url, without padding. */
  readonly signature: string;
}

/** Never throws: a key that cannot be read, or does not fit the algorithm, is an answer. */
export type CheckSignature = (input: SignatureInput) => 'valid' | 'invalid' | 'unreadable_key';

export interface ProsodyCrypto {
  readonly checkSignature: CheckSignature;
  /** Of the UTF-8 bytes, in lower-case hex. */
  readonly sha256Hex: (text: string) => string;
}

export const ALGORITHMS = ['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

export function isAlgorithm(alg: string): alg is Algorithm {
  return (ALGORITHMS as readonly string[]).includes(alg);
}
