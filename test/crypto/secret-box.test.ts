import { describe, expect, it } from 'vitest';
import { createSecretBox, SecretBoxError } from '../../src/crypto/secret-box.ts';

const older = Buffer.alloc(32, 1);
const newer = Buffer.alloc(32, 2);
const place = { table: 'issuers', column: 'sealed_secret', id: 'a' };

describe('createSecretBox', () => {
  it('opens what it sealed', () => {
    const box = createSecretBox([newer]);
    expect(box.open(box.seal('geheim ✓', place), place)).toBe('geheim ✓');
  });

  it('seals the same text differently each time', () => {
    const box = createSecretBox([newer]);
    expect(box.seal('x', place)).not.toEqual(box.seal('x', place));
  });

  it.each([
    ['table', { ...place, table: 'users' }],
    ['column', { ...place, column: 'other' }],
    ['row', { ...place, id: 'b' }],
  ])('does not open in another %s', (_what, elsewhere) => {
    const box = createSecretBox([newer]);
    expect(() => box.open(box.seal('x', place), elsewhere)).toThrow(SecretBoxError);
  });

  it('opens with any of its keys and seals with the first', () => {
    const sealed = createSecretBox([older]).seal('x', place);
    const both = createSecretBox([newer, older]);
    expect(both.open(sealed, place)).toBe('x');
    expect(both.isCurrent(sealed)).toBe(false);
    expect(both.isCurrent(both.seal('x', place))).toBe(true);
  });

  it('names a wrong key as such', () => {
    const sealed = createSecretBox([older]).seal('x', place);
    expect(() => createSecretBox([newer]).open(sealed, place)).toThrow('another ROOMKEY_SECRET');
  });

  it('refuses an altered ciphertext, bit by bit', () => {
    const box = createSecretBox([newer]);
    const sealed = box.seal('x', place);
    for (let byte = 0; byte < sealed.length; byte++) {
      const altered = Buffer.from(sealed);
      altered.writeUInt8(altered.readUInt8(byte) ^ 1, byte);
      expect(() => box.open(altered, place)).toThrow(SecretBoxError);
    }
  });
});
