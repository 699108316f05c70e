import { describe, expect, it } from 'vitest';
import { isPasswordHash, isWeakerHash } from '../../src/domain/password-hash.ts';

const phc = (parameters: string, kind = 'argon2id') =>
  `$${kind}$v=19$${parameters}$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaA`;

describe('isPasswordHash', () => {
  it.each([
    ['m=19456,t=2,p=1', true],
    ['m=131072,t=4,p=8', true],
    ['m=7168,t=5,p=1', true],
    ['m=9999999,t=2,p=1', false],
    ['m=19456,t=999,p=1', false],
    ['m=19456,t=0,p=1', false],
    ['m=19456,t=2,p=99', false],
    ['m=8,t=1,p=2', false],
    ['m=19456', false],
  ])('%s: %s', (parameters, expected) => {
    expect(isPasswordHash(phc(parameters))).toBe(expected);
  });

  it.each(['argon2i', 'argon2d', '2b'])('takes no %s', (kind) => {
    expect(isPasswordHash(phc('m=19456,t=2,p=1', kind))).toBe(false);
  });
});

describe('isWeakerHash', () => {
  it.each([
    ['m=19456,t=2,p=1', false],
    ['m=65536,t=3,p=4', false],
    ['m=47104,t=1,p=1', false],
    ['m=19456,t=1,p=1', true],
    ['m=7168,t=5,p=1', true],
  ])('%s: %s', (parameters, expected) => {
    expect(isWeakerHash(phc(parameters))).toBe(expected);
  });
});
