import { describe, expect, it } from 'vitest';
import { searchQuery, searchWords } from '../../src/domain/search-words.ts';

describe('searchWords', () => {
  it.each([
    ['Ada Lovelace', ['ada', 'lovelace']],
    ['ada.lovelace@example.org', ['ada', 'lovelace', 'example', 'org']],
    ['ÄRZTE ｗｉｄｅ ﬁne', ['ärzte', 'wide', 'fine']],
    ['Ада 李小龍 हिन्दी', ['ада', '李小龍', 'हिन्दी']],
    ["a 'b' \\ :* & | !", ['a', 'b']],
    [' ada ADA ', ['ada']],
    ['', []],
  ])('of %j are %j', (text, words) => {
    expect(searchWords([text])).toEqual(words);
  });

  it('are bounded in length and number', () => {
    expect(searchWords(['x'.repeat(10_000)])).toEqual(['x'.repeat(60)]);
    const many = Array.from({ length: 2000 }, (_, n) => `w${n}`).join(' ');
    expect(searchWords([many])).toHaveLength(500);
  });
});

describe('searchQuery', () => {
  it('asks for the beginning of every word', () => {
    expect(searchQuery("Ann' Mül")).toBe("'ann':* & 'mül':*");
  });

  it.each(['', ' ', "'&|!:*()"])('finds nothing to look for in %j', (typed) => {
    expect(searchQuery(typed)).toBeUndefined();
  });
});
