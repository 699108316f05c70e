/**
 * Compact JWS (RFC 7515) over a JSON payload, with the header Prosody wants.
 *
 * @module
 */
import { createHmac, createPrivateKey, createSecretKey, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { HsAlgorithm, RsAlgorithm } from '../domain/issuer.ts';

const signOnThreadPool: (hash: string, data: Buffer, key: KeyObject) => Promise<Buffer> =
  promisify(sign);

export interface Signer {
  /** Absent for HS algorithms: there the header has none. */
  readonly kid: string | undefined;
  /** Gives a compact JWS over the UTF-8 of `payload`, a JSON text. */
  sign(payload: string): Promise<string>;
  /** The same token but for its signature, of which it has only the length. */
  unsigned(payload: string): string;
}

/**
 * HMAC by node:crypto, in place: twelve times the rate of the thread pool's way.
 *
 * @param secret The text both sides know; its UTF-8 bytes are the key, as in Prosody's `app_secret`.
 */
export function createHsSigner(alg: HsAlgorithm, secret: string): Signer {
  const key = createSecretKey(secret, 'utf8');
  const hash = `sha${alg.slice(2)}`;
  const header = base64url(JSON.stringify({ alg, typ: 'JWT' }));

  return {
    kid: undefined,
    unsigned: (payload) =>
      withoutSignature(`${header}.${base64url(payload)}`, Number(alg.slice(2)) / 8),
    async sign(payload) {
      const input = `${header}.${base64url(payload)}`;
      return `${input}.${createHmac(hash, key).update(input).digest('base64url')}`;
    },
  };
}

/**
 * RSASSA-PKCS1-v1_5 (RFC 7518, section 3.3) on the thread pool, by node:crypto: half of what jose
 * takes of the event loop, which is what the rate of tokens hangs on.
 *
 * @param key Its `privatePem` is PKCS#8, PEM.
 * @param typ Of the header: what the token is for (RFC 8725, section 3.11).
 */
export function createRsSigner(
  alg: RsAlgorithm,
  { kid, privatePem }: { kid: string; privatePem: string },
  typ = 'JWT',
): Signer {
  const withKey = lendKeys(privatePem);
  const hash = `sha${alg.slice(2)}`;
  const header = base64url(JSON.stringify({ alg, typ, kid }));

  return {
    kid,
    unsigned: (payload) =>
      withoutSignature(`${header}.${base64url(payload)}`, signatureBytes(privatePem)),
    async sign(payload) {
      const input = `${header}.${base64url(payload)}`;
      const data = Buffer.from(input);
      const signature = await withKey((key) => signOnThreadPool(hash, data, key));
      return `${input}.${signature.toString('base64url')}`;
    },
  };
}

/** More signatures at once than this are rare: their copies are not kept. */
const MOST_COPIES_KEPT = 64;

/**
 * Node holds a lock on a key while it signs: two signatures by one object never run on two cores,
 * and asking for the second stops the event loop until the first is done. So each signature under
 * way has a copy of the key for itself.
 */
function lendKeys(privatePem: string) {
  const idle: KeyObject[] = [];
  return async <T>(use: (key: KeyObject) => Promise<T>): Promise<T> => {
    const key = idle.pop() ?? createPrivateKey(privatePem);
    try {
      return await use(key);
    } finally {
      if (idle.length < MOST_COPIES_KEPT) idle.push(key);
    }
  };
}

/** As long as the modulus (RFC 8017, section 8.2.1). */
function signatureBytes(privatePem: string): number {
  const { modulusLength } = createPrivateKey(privatePem).asymmetricKeyDetails ?? {};
  return Math.ceil((modulusLength ?? 0) / 8);
}

function withoutSignature(input: string, bytes: number): string {
  return `${input}.${Buffer.alloc(bytes).toString('base64url')}`;
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
