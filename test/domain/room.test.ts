import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDomainError } from '../../src/domain/errors.ts';
import { canonicalRoom, type Room, roomNamed } from '../../src/domain/room.ts';
import { canonicalTenant } from '../../src/domain/tenant.ts';

/** jitsi-meet's own steps, written down again from `base/util/uri.ts`. */
function asJitsiReads(pathPart: string): string {
  const fixed = pathPart.replace(/[:?#[\]@!$&'()*+,;=></"]/g, '');
  return encodeURIComponent(
    decodeURIComponent(fixed).normalize('NFKC').toLowerCase(),
  ).toLowerCase();
}

function attempt(raw: string): Room | undefined {
  try {
    return canonicalRoom(raw);
  } catch (error) {
    if (isDomainError(error)) return undefined;
    throw error;
  }
}

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(
      '/',
      '\\',
      '.',
      '%2f',
      '%2E',
      '%',
      '?',
      '#',
      '*',
      '%2a',
      '[',
      '@',
      ':',
      'a',
      'É',
      "'",
      '%27',
      ' ',
      '\t',
      '／',
      '＊',
      '‥',
    ),
    maxLength: 12,
  }),
  fc.string({ maxLength: 30 }).map(encodeURIComponent),
  fc.constantFrom(
    '//evil.test/x',
    'https://evil.test/x',
    '..',
    '%2e%2e',
    '\\\\evil',
    'a/../../b',
    '%00',
  ),
);

describe('canonicalRoom', () => {
  it.each([
    ['Standup', 'standup', 'standup'],
    ['Café Réunion', 'café réunion', 'caf%c3%a9%20r%c3%a9union'],
    ['Caf%C3%A9%20R%C3%A9union', 'café réunion', 'caf%c3%a9%20r%c3%a9union'],
    ['caf%c3%a9%20r%c3%a9union', 'café réunion', 'caf%c3%a9%20r%c3%a9union'],
    ['Cafe\u0301', 'café', 'caf%c3%a9'],
    ['ＲＯＯＭ', 'room', 'room'],
    ['ÄRZTE', 'ärzte', '%c3%a4rzte'],
    ["what's up?", 'whats up', 'whats%20up'],
    ['a:b@c!d', 'abcd', 'abcd'],
    ['a%3Ab', 'a:b', 'a%3ab'],
    ['%2525', '%25', '%2525'],
    ['...', '...', '...'],
  ])('reads %j as %j', (raw, canonical, safe) => {
    expect(canonicalRoom(raw)).toMatchObject({ canonical, safe });
  });

  it.each([
    ['a slash', 'a/b'],
    ['an address', 'https://evil.test/x'],
    ['an address without a scheme', '//evil.test/x'],
    ['a backslash', 'a\\b'],
    ['an encoded slash', 'a%2Fb'],
    ['an encoded backslash', 'a%5cb'],
    ['a full-width slash', 'a／b'],
    ['every room', '%2a'],
    ['a full-width star', '＊'],
    ['a tenant', '%5Bt1%5Droom'],
    ['an encoded question mark', 'a%3Fjwt=x'],
    ['an encoded hash', 'a%23b'],
    ['one dot', '.'],
    ['two dots', '..'],
    ['encoded dots', '%2e%2E'],
    ['a two dot leader', '‥'],
    ['NUL', 'a\0b'],
    ['encoded NUL', 'a%00b'],
    ['a line feed', 'a%0Ab'],
    ['half of an escape', 'a%c3'],
    ['a lone percent sign', '100%'],
    ['half of a character', 'a\ud800'],
    ['nothing but spaces', '%20 '],
    ['nothing that jitsi-meet keeps', '*'],
    ['more than 200 characters', 'x'.repeat(201)],
    ['more than Prosody can hold', '漢'.repeat(101)],
  ])('refuses %s', (_, raw) => {
    expect(() => canonicalRoom(raw)).toThrow(expect.objectContaining({ code: 'room_invalid' }));
  });

  it('tells a missing room from a wrong one', () => {
    expect(() => canonicalRoom('')).toThrow(expect.objectContaining({ code: 'room_missing' }));
    expect(canonicalRoom('x'.repeat(200)).safe).toHaveLength(200);
  });

  it('is what jitsi-meet computes, from the name as typed and from the path we send', () => {
    fc.assert(
      fc.property(hostile, (raw) => {
        const room = attempt(raw);
        if (!room) return;
        expect(room.safe).toBe(asJitsiReads(raw));
        expect(asJitsiReads(room.path)).toBe(room.safe);
        expect(decodeURIComponent(room.safe)).toBe(room.canonical);
        expect(canonicalRoom(room.path)).toEqual(room);
        expect(roomNamed(room.canonical).safe).toBe(room.safe);
      }),
      { numRuns: 2000 },
    );
  });

  it('never leaves a path, a wildcard or a tenant in the name, nor the server in the address', () => {
    fc.assert(
      fc.property(hostile, (raw) => {
        const room = attempt(raw);
        if (!room) return;
        expect(room.canonical).not.toMatch(/[/\\?#[\]*\p{Cc}]/u);
        expect(room.safe).toMatch(/^[a-z0-9%._~!'()-]+$/);
        for (const part of [room.safe, room.path]) {
          const url = new URL(part, 'https://meet.example.org/base/');
          expect(url.href).toMatch(/^https:\/\/meet\.example\.org\/base\/[^/?#]+$/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('gives one room to all ways of writing its name', () => {
    const name = fc.string({
      unit: fc.constantFrom('a', 'Z', 'é', 'É', 'ß', 'ñ', 'Å', '漢', '9', '-', ' '),
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(name, (raw) => {
        const room = attempt(raw);
        const same = [raw.normalize('NFD'), encodeURIComponent(raw), raw.toLowerCase()];
        for (const variant of same) expect(attempt(variant)?.safe).toBe(room?.safe);
      }),
    );
  });
});

describe('canonicalTenant', () => {
  it.each([
    ['School', 'school'],
    ['a', 'a'],
    ['a.b_c-9', 'a.b_c-9'],
    ['x'.repeat(64), 'x'.repeat(64)],
  ])('reads %j as %j', (raw, tenant) => {
    expect(canonicalTenant(raw)).toBe(tenant);
  });

  it.each(['', '.', '..', '-a', 'a-', 'a/b', 'a b', 'é', '*', '[a]', 'a\n', '%61', 'x'.repeat(65)])(
    'refuses %j',
    (raw) => {
      expect(() => canonicalTenant(raw)).toThrow(
        expect.objectContaining({ code: 'tenant_invalid' }),
      );
    },
  );
});
