import { describe, expect, it } from 'vitest';
import { isPublicAddress, kindOfAddress } from '../../src/domain/address-kind.ts';

describe('kindOfAddress', () => {
  it.each([
    ['8.8.8.8', 'network'],
    ['10.1.2.3', 'network'],
    ['172.16.0.1', 'network'],
    ['192.168.1.1', 'network'],
    ['100.64.0.1', 'network'],
    ['2a00:1450::1', 'network'],
    ['fd12:3456::1', 'network'],
    ['64:ff9b::808:808', 'network'],
    ['127.0.0.1', 'loopback'],
    ['127.8.8.8', 'loopback'],
    ['::1', 'loopback'],
    ['::ffff:127.0.0.1', 'loopback'],
    ['64:ff9b::7f00:1', 'loopback'],
    ['169.254.169.254', 'forbidden'],
    ['::ffff:169.254.169.254', 'forbidden'],
    ['64:ff9b::a9fe:a9fe', 'forbidden'],
    ['fe80::1', 'forbidden'],
    ['fe80::1%eth0', 'forbidden'],
    ['fd00:ec2::254', 'forbidden'],
    ['fd20:ce::254', 'forbidden'],
    ['100.100.100.200', 'forbidden'],
    ['168.63.129.16', 'forbidden'],
    ['192.0.0.192', 'forbidden'],
    ['0.0.0.0', 'forbidden'],
    ['::', 'forbidden'],
    ['224.0.0.1', 'forbidden'],
    ['255.255.255.255', 'forbidden'],
    ['ff02::1', 'forbidden'],
    ['2002:7f00:1::', 'forbidden'],
    ['localhost', 'forbidden'],
    ['', 'forbidden'],
  ])('takes %s for %s', (address, kind) => {
    expect(kindOfAddress(address)).toBe(kind);
  });
});

describe('isPublicAddress', () => {
  it.each([
    ['8.8.8.8', true],
    ['2a00:1450::1', true],
    ['64:ff9b::808:808', true],
    ['64:ff9b::a01:203', false],
    ['::ffff:10.1.2.3', false],
    ['10.1.2.3', false],
    ['192.168.1.1', false],
    ['100.64.0.1', false],
    ['fd12:3456::1', false],
    ['127.0.0.1', false],
    ['169.254.169.254', false],
  ])('says of %s: %s', (address, isPublic) => {
    expect(isPublicAddress(address)).toBe(isPublic);
  });
});
