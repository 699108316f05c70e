import { describe, expect, it } from 'vitest';
import { createPasswordHasher } from '../../src/crypto/password.ts';
import { readForeignHash, writeDerivedHash } from '../../src/domain/foreign-hash.ts';
import { isWeakerHash } from '../../src/domain/password-hash.ts';

const passwords = createPasswordHasher({ parallel: 2, queue: 10 });
const bare = (base64: string) => base64.replace(/=+$/, '');

/** Published ones: Openwall's and jBCrypt's, RFC 6070, RFC 5802 section 5, RFC 7677 section 3. */
const VECTORS: readonly (readonly [string, string, string])[] = [
  ['bcrypt 2a', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', 'U*U'],
  [
    'bcrypt 2y, as htpasswd writes it',
    '$2y$10$fVH8e28OQRj9tqiDXs1e1uxpsjN0c7II7YPKXua2NAKYvM6iQk7dq',
    'abcdefghijklmnopqrstuvwxyz',
  ],
  [
    'PBKDF2 with SHA-1',
    writeDerivedHash({
      kind: 'pbkdf2',
      digest: 'sha1',
      iterations: 4096,
      salt: Buffer.from('salt'),
      hash: Buffer.from('4b007901b765489abead49d926f721d065a429c1', 'hex'),
    }),
    'password',
  ],
  [
    'SCRAM-SHA-1',
    `$scram-sha-1$i=4096$${bare('QSXCR+Q6sek8bf92')}$${bare('6dlGYMOdZcOPutkcNY8U2g7vK9Y=')}`,
    'pencil',
  ],
  [
    'SCRAM-SHA-256',
    `$scram-sha-256$i=4096$${bare('W22ZaJ0SNY7soEsUEjb6gQ==')}$${bare('WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=')}`,
    'pencil',
  ],
];

describe('hashes of other systems', () => {
  it.each(VECTORS)('are checked: %s', async (_what, hash, password) => {
    expect(await passwords.verify(hash, password)).toBe(true);
    expect(await passwords.verify(hash, `${password}x`)).toBe(false);
  });

  it.each(VECTORS)('are to be replaced at the next sign-in: %s', (_what, hash) => {
    expect(isWeakerHash(hash)).toBe(true);
  });

  it.each([
    ['too much work', '$2y$16$fVH8e28OQRj9tqiDXs1e1uxpsjN0c7II7YPKXua2NAKYvM6iQk7dq'],
    ['too little to be one', '$2y$03$fVH8e28OQRj9tqiDXs1e1uxpsjN0c7II7YPKXua2NAKYvM6iQk7dq'],
    ['too many rounds', `$pbkdf2-sha256$i=2000001$c2FsdA$${'A'.repeat(43)}`],
    [
      'as many rounds for each block of a long key',
      `$pbkdf2-sha1$i=200000$c2FsdA$${'A'.repeat(344)}`,
    ],
    ['no rounds', `$pbkdf2-sha256$i=0$c2FsdA$${'A'.repeat(43)}`],
    ['a digest we do not know', `$pbkdf2-md5$i=1000$c2FsdA$${'A'.repeat(43)}`],
    ['a stump of a hash', '$pbkdf2-sha256$i=1000$c2FsdA$AAAA'],
    ['MD5 of Apache', '$apr1$salt$xxxxxxxxxxxxxxxxxxxxxx'],
    ['plain text', 'pencil'],
  ])('are none with %s, and no password fits', async (_what, text) => {
    expect(readForeignHash(text)).toBeUndefined();
    expect(await passwords.verify(text, 'pencil')).toBe(false);
  });
});
