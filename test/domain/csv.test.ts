import { describe, expect, it } from 'vitest';
import { csvLine } from '../../src/domain/csv.ts';

describe('csvLine', () => {
  it.each<[string, unknown, string]>([
    ['words', 'Ada Lovelace', 'Ada Lovelace'],
    ['nothing', undefined, ''],
    ['null', null, ''],
    ['a comma', 'a,b', '"a,b"'],
    ['a semicolon, which some spreadsheets split at', 'a;b', '"a;b"'],
    ['quotes', 'say "x"', '"say ""x"""'],
    ['a line break', 'a\nb', '"a\nb"'],
    ['a time', new Date('2026-01-05T09:00:00Z'), '2026-01-05T09:00:00.000Z'],
    ['an object', { a: [1] }, '"{""a"":[1]}"'],
    ['a formula', '=1+1', "'=1+1"],
    ['a formula with a quote', '=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ['a sum', '+1', "'+1"],
    ['a difference', '-1', "'-1"],
    ['a function', '@SUM(A1)', "'@SUM(A1)"],
    ['a tab in front', '\t=1', `"'\t=1"`],
    ['a return in front', '\r=1', `"'\r=1"`],
  ])('writes %s', (_, value, expected) => {
    expect(csvLine([value, 'z'])).toBe(`${expected},z\r\n`);
  });
});
