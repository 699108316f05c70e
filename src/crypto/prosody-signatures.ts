/**
 * Hashes and signatures for the domain's reading of Prosody, with node:crypto.
 *
 * Node's OpenSSL is the library Prosody uses, so what is a readable key here is one there, as far
 * as the PEM label goes; the domain sorts out the labels.
 *
 * @module
 */
import {
  createHash,
  createHmac,
  createPublicKey,
  type KeyObject,
  verify,
  X509Certificate,
} from 'node:crypto';
import type {
  CheckSignature,
  ProsodyCrypto,
  SignatureInput,
  VerifyingKey,
} from '../domain/prosody/signature.ts';

export const prosodyCrypto: ProsodyCrypto = {
  checkSignature,
  sha256Hex: (text) => createHash('sha256').update(text, 'utf8').digest('hex'),
};

function checkSignature(input: SignatureInput): ReturnType<CheckSignature> {
  const { alg, key, signingInput } = input;
  const digest = `sha${alg.slice(2)}`;
  const signature = Buffer.from(input.signature, 'base64url');
  if (alg.startsWith('HS')) {
    if (key.kind !== 'secret') return 'unreadable_key';
    const expected = createHmac(digest, key.secret).update(signingInput).digest();
    return expected.equals(signature) ? 'valid' : 'invalid';
  }

  const publicKey = readPublicKey(key);
  if (publicKey?.asymmetricKeyType !== 'rsa') return 'unreadable_key';
  return verify(digest, Buffer.from(signingInput), publicKey, signature) ? 'valid' : 'invalid';
}

function readPublicKey(key: VerifyingKey): KeyObject | undefined {
  if (key.kind === 'secret') return undefined;
  try {
    if (key.kind === 'pem') return createPublicKey(key.pem);
    if (key.kind === 'certificate') return new X509Certificate(key.pem).publicKey;
    return createPublicKey({ key: { kty: 'RSA', n: key.n, e: key.e }, format: 'jwk' });
  } catch {
    return undefined;
  }
}
