import { createHmac, verify } from 'node:crypto';
import { compactVerify, createLocalJWKSet } from 'jose';
import { describe, expect, it } from 'vitest';
import { createHsSigner, createRsSigner } from '../../src/crypto/jwt.ts';
import { makeRsaKey, publicJwk } from '../../src/crypto/rsa-key.ts';

const key = await makeRsaKey(2048);
const SECRET = 's'.repeat(64);

describe('createRsSigner', () => {
  it.each(['RS256', 'RS384', 'RS512'] as const)('signs many at once, %s', async (alg) => {
    const signer = createRsSigner(alg, key);
    const payloads = Array.from({ length: 100 }, (_, nth) => JSON.stringify({ nth, name: 'Zoë' }));
    const tokens = await Promise.all(payloads.map((payload) => signer.sign(payload)));
    for (const [nth, token] of tokens.entries()) {
      const [header = '', payload = '', signature = ''] = token.split('.');
      expect(read(header)).toEqual({ alg, typ: 'JWT', kid: key.kid });
      expect(read(payload)).toEqual({ nth, name: 'Zoë' });
      const signed = Buffer.from(`${header}.${payload}`);
      const bytes = Buffer.from(signature, 'base64url');
      expect(verify(`sha${alg.slice(2)}`, signed, key.publicPem, bytes)).toBe(true);
    }
  });
});

describe('a library that is not ours', () => {
  it('takes an RS token with the key we publish', async () => {
    const token = await createRsSigner('RS256', key).sign('{"a":1}');
    const keys = createLocalJWKSet({ keys: [publicJwk(key.kid, key.publicPem)] });
    const { payload, protectedHeader } = await compactVerify(token, keys);
    expect(new TextDecoder().decode(payload)).toBe('{"a":1}');
    expect(protectedHeader.kid).toBe(key.kid);
  });

  it('takes an HS token with the shared secret, and no other', async () => {
    const token = await createHsSigner('HS256', SECRET).sign('{"a":1}');
    const bytes = (text: string) => new TextEncoder().encode(text);
    await compactVerify(token, bytes(SECRET));
    await expect(compactVerify(token, bytes(`${SECRET}x`))).rejects.toThrow();
  });
});

describe('createHsSigner', () => {
  it.each(['HS256', 'HS384', 'HS512'] as const)('signs without a kid, %s', async (alg) => {
    const token = await createHsSigner(alg, SECRET).sign('{"a":1}');
    const [header = '', payload = '', signature] = token.split('.');
    expect(read(header)).toEqual({ alg, typ: 'JWT' });
    expect(read(payload)).toEqual({ a: 1 });
    const hmac = createHmac(`sha${alg.slice(2)}`, SECRET).update(`${header}.${payload}`);
    expect(signature).toBe(hmac.digest('base64url'));
  });
});

function read(part: string): unknown {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}
