import { describe, expect, it } from 'vitest';
import { addressBucket } from '../../src/domain/login-limits.ts';

describe('addressBucket', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:ffff::1', '2001:DB8:1:2::2'],
    [undefined, 'not an address'],
  ])('%s and %s are one', (one, other) => {
    expect(addressBucket(one)).toBe(addressBucket(other));
  });

  it.each([
    ['192.0.2.1', '192.0.2.2'],
    ['2001:db8:1:2::1', '2001:db8:1:3::1'],
    ['192.0.2.1', undefined],
  ])('%s and %s are two', (one, other) => {
    expect(addressBucket(one)).not.toBe(addressBucket(other));
  });
});
