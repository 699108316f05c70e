import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readEnvFile } from '../../../src/domain/bridges/env-file.ts';

const mistakesOf = (text: string) =>
  readEnvFile(text).mistakes.map(({ line, message }) => `${line}: ${message}`);

describe('readEnvFile', () => {
  it.each([
    ['A=b', { A: 'b' }],
    ['  A = b  ', { A: 'b' }],
    ['export A=b', { A: 'b' }],
    ['A=', { A: '' }],
    ['A=a=b==', { A: 'a=b==' }],
    ['A=pa#ss$word', { A: 'pa#ss$word' }],
    ["A='b # c \\n ${D}' # said", { A: 'b # c \\n ${D}' }],
    ['A="b \\"c\\" \\\\ \\$ \\n"', { A: 'b "c" \\ $ \n' }],
    ['\uFEFF# first\r\n\r\nA=b\r\n', { A: 'b' }],
  ])('reads %j', (text, values) => {
    expect(readEnvFile(text)).toEqual({ values, mistakes: [] });
  });

  it.each([
    ['A=b\nhello', '2: is no NAME=value'],
    ['A: b', '1: is no NAME=value'],
    ['A=b # c', '1: A ends in a comment, which some readers take for its value: put it in quotes'],
    ['A="b', '1: A has a quote that does not end where its value does'],
    ['A="b"c', '1: A has a quote that does not end where its value does'],
    ['A=${B}', '1: A takes its value from another variable: write the value itself'],
    ['A="${B}"', '1: A takes its value from another variable: write the value itself'],
    ['A=1\nA=2', '2: A is set for the second time'],
  ])('leaves no guess in %j', (text, mistake) => {
    expect(mistakesOf(text)).toEqual([mistake]);
  });

  it('repeats no value in what it says is wrong', () => {
    const secret = 'hunter2hunter2';
    const texts = [
      `S=${secret} # x`,
      `S="${secret}`,
      `S=\${${secret}}`,
      secret,
      `S=1\nS=${secret}`,
    ];
    expect(texts.flatMap(mistakesOf).join()).not.toContain(secret);
  });

  it('reads what was quoted, whatever it is', () => {
    const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,20}$/);
    const value = fc.string({ unit: 'binary' }).map((text) => text.replaceAll(/[\r\n]/g, ''));
    const quoted = (text: string) => `"${text.replaceAll(/["\\$]/g, '\\$&')}"`;
    fc.assert(
      fc.property(fc.dictionary(name, value), (values) => {
        const text = Object.entries(values).map(([key, own]) => `${key}=${quoted(own)}`);
        expect(readEnvFile(text.join('\n'))).toEqual({ values: { ...values }, mistakes: [] });
      }),
    );
  });

  it('throws for nothing, and every line is read or told of', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[^\r\n]*$/u)), (lines) => {
        const { values, mistakes } = readEnvFile(lines.join('\n'));
        const said = lines.filter((line) => {
          const own = line.replace(/^\uFEFF/, '').trim();
          return own !== '' && !own.startsWith('#');
        });
        expect(Object.keys(values).length + mistakes.length).toBe(said.length);
      }),
    );
  });
});
