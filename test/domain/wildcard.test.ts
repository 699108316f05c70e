import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesWildcard } from '../../src/domain/wildcard.ts';

describe('matchesWildcard', () => {
  it.each([
    ['staff-42', 'staff-*', true],
    ['my-staff-42', 'staff-*', false],
    ['staff', 'staff', true],
    ['staff2', 'staff', false],
    ['anything', '*', true],
    ['', '*', true],
    ['a', 'a*a', false],
    ['aa', 'a*a', true],
    ['a-b-c', 'a*b*c', true],
    ['a-c-b', 'a*b*c', false],
    ['abab', '*ab*ab', true],
    ['ab', '*ab*ab', false],
    ['a.c', 'a.c', true],
    ['abc', 'a.c', false],
    ['ab', 'a?', false],
    ['aXXb', 'a**b', true],
  ])('%j like %j is %j', (text, pattern, expected) => {
    expect(matchesWildcard(text, pattern)).toBe(expected);
  });

  it('agrees with a regular expression on everything', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 10 });
    fc.assert(
      fc.property(word, word, (text, pattern) => {
        const regex = new RegExp(`^${pattern.replaceAll('*', '[^]*')}$`);
        expect(matchesWildcard(text, pattern)).toBe(regex.test(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no time over patterns made to hang', () => {
    const started = performance.now();
    expect(matchesWildcard('a'.repeat(20_000), `${'*a'.repeat(2000)}*b`)).toBe(false);
    expect(matchesWildcard(`${'a'.repeat(20_000)}b`, `${'*aaaa'.repeat(800)}*c*b`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});
