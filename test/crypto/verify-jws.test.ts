import { describe, expect, it } from 'vitest';
import { createHsSigner, createRsSigner } from '../../src/crypto/jwt.ts';
import { makeRsaKey } from '../../src/crypto/rsa-key.ts';
import { peekJws, verifyRs256 } from '../../src/crypto/verify-jws.ts';

const key = await makeRsaKey(2048);
const other = await makeRsaKey(2048);
const find = (kid: string) => (kid === key.kid ? key.publicPem : undefined);
const token = await createRsSigner('RS256', key, 'at+jwt').sign('{"sub":"ada"}');
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const [head = '', body = '', signature = ''] = token.split('.');

describe('verifyRs256', () => {
  it('reads what our key signed', () => {
    expect(verifyRs256(token, find)).toEqual({
      header: { alg: 'RS256', typ: 'at+jwt', kid: key.kid },
      payload: { sub: 'ada' },
    });
  });

  it.each([
    ['another payload', async () => `${head}.${part({ sub: 'eve' })}.${signature}`],
    ['no signature', async () => `${head}.${body}.`],
    ['alg none [RFC 8725, 3.1]', async () => `${part({ alg: 'none', kid: key.kid })}.${body}.`],
    ['another algorithm', () => createRsSigner('RS384', key).sign('{}')],
    [
      'another key under our name',
      () => createRsSigner('RS256', { ...other, kid: key.kid }).sign('{}'),
    ],
    ['a key that is not known', () => createRsSigner('RS256', other).sign('{}')],
    ['the public key as a secret', () => createHsSigner('HS256', key.publicPem).sign('{}')],
    ['a fourth part', async () => `${token}.x`],
    ['a payload that is no object', () => createRsSigner('RS256', key).sign('"text"')],
    ['a token without end', async () => `${head}.${'a'.repeat(20_000)}.${signature}`],
    ['nothing', async () => ''],
  ])('refuses %s', async (_what, make) => {
    expect(verifyRs256(await make(), find)).toBeUndefined();
  });
});

it('peekJws reads what nobody has checked', () => {
  expect(peekJws(`${head}.${body}.`)?.payload).toEqual({ sub: 'ada' });
  expect(peekJws('x')).toBeUndefined();
});
