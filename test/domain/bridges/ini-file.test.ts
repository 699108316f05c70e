import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIniFile } from '../../../src/domain/bridges/ini-file.ts';

const mistakesOf = (text: string) =>
  readIniFile(text).mistakes.map(({ line, message }) => `${line}: ${message}`);

describe('readIniFile', () => {
  it.each([
    ['[jwt]\nissuer = meet', { 'jwt.issuer': 'meet' }],
    ['[jwt]\nIssuer: meet', { 'jwt.issuer': 'meet' }],
    ['; x\n[jwt]\n# y\nkey=a=b:c', { 'jwt.key': 'a=b:c' }],
    // Python takes no comment behind a value for one.
    ['[jwt]\nissuer = meet  # Jitsi', { 'jwt.issuer': 'meet  # Jitsi' }],
    ['[a]\nk = 50%%', { 'a.k': '50%' }],
    ['[a]\nk = one\n  two\n[b]\nk =', { 'a.k': 'one\ntwo', 'b.k': '' }],
  ])('reads %j', (text, values) => {
    expect(readIniFile(text)).toEqual({ values, mistakes: [] });
  });

  it.each([
    ['k = v', '1: k stands in no section'],
    ['[a]\nhello', '2: is neither a [section] nor key = value'],
    ['[a]\nk = 1\nK = 2', '3: K is set for the second time in [a]'],
    [
      '[a]\nk = %(home)s',
      '2: k has a % that is neither %% nor understood here: write the value itself',
    ],
  ])('leaves no guess in %j', (text, mistake) => {
    expect(mistakesOf(text)).toEqual([mistake]);
  });

  it('reads back what was written, and throws for nothing', () => {
    const key = fc.stringMatching(/^[a-z_]{1,12}$/);
    const value = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/);
    fc.assert(
      fc.property(key, fc.dictionary(key, value), fc.string(), (section, values, noise) => {
        const lines = Object.entries(values).map(
          ([name, own]) => `${name} = ${own.replaceAll('%', '%%')}`,
        );
        const read = readIniFile([`[${section}]`, ...lines].join('\n'));
        const wanted = Object.entries(values).map(([name, own]) => [`${section}.${name}`, own]);
        expect(read).toEqual({ values: Object.fromEntries(wanted), mistakes: [] });
        expect(() => readIniFile(noise)).not.toThrow();
      }),
    );
  });
});
