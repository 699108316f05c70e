/**
 * RSA keys in our words: made, imported, shown to the world.
 *
 * @module
 */
import { createPrivateKey, createPublicKey, generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { RSA_BITS, type RsaBits } from '../domain/issuer.ts';

const generate = promisify(generateKeyPair);

export interface RsaKey {
  readonly kid: string;
  readonly bits: RsaBits;
  /** PKCS#8, PEM. */
  readonly privatePem: string;
  /** SPKI, PEM: the one form that Prosody reads everywhere. */
  readonly publicPem: string;
}

/** How keys are made; tests hand in one that has some ready. */
export type MakeRsaKey = (bits: RsaBits) => Promise<RsaKey>;

/** Takes a tenth of a second (2048) to seconds (4096), off the event loop. */
export async function makeRsaKey(bits: RsaBits): Promise<RsaKey> {
  const { privateKey, publicKey } = await generate('rsa', {
    modulusLength: bits,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return { kid: newKid(), bits, privatePem: privateKey, publicPem: publicKey };
}

export class KeyImportError extends Error {
  override readonly name = 'KeyImportError';
}

/**
 * Takes a private RSA key in PEM (PKCS#8 or PKCS#1) as one of ours, under a new kid.
 *
 * @throws {KeyImportError} when it is none, is encrypted, or has a size we do not offer.
 */
export function importRsaKey(pem: string): RsaKey {
  const key = readPrivateKey(pem);
  const bits = RSA_BITS.find((size) => size === key.asymmetricKeyDetails?.modulusLength);
  if (key.asymmetricKeyType !== 'rsa' || bits === undefined)
    throw new KeyImportError('is no RSA key of 2048, 3072 or 4096 bits');

  return {
    kid: newKid(),
    bits,
    privatePem: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicPem: createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
  };
}

function readPrivateKey(pem: string) {
  try {
    return createPrivateKey({ key: pem, format: 'pem' });
  } catch (cause) {
    throw new KeyImportError('is not an unencrypted private key in PEM', { cause });
  }
}

/** 128 random bits: a kid is never used twice, for Prosody keeps what it fetched by it. */
export function newKid(): string {
  return randomBytes(16).toString('base64url');
}

/** The whole of it as a JWK: the members of RFC 7518, section 6.3. */
export function privateJwk(kid: string, privatePem: string): Readonly<Record<string, unknown>> {
  return { ...createPrivateKey(privatePem).export({ format: 'jwk' }), use: 'sig', kid };
}

/** The public half as a JWK (RFC 7517) with `kid` and `use`; RSA members `n` and `e`. */
export function publicJwk(kid: string, publicPem: string): Readonly<Record<string, unknown>> {
  const { kty, n, e } = createPublicKey(publicPem).export({ format: 'jwk' });
  return { kty, use: 'sig', kid, n, e };
}
