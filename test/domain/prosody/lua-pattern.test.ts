/** Lua 5.4 reference manual, 6.4.1 "Patterns". */
import { describe, expect, it } from 'vitest';
import { luaMatch } from '../../../src/domain/prosody/lua-pattern.ts';

function matched(subject: string, pattern: string): string {
  const result = luaMatch(subject, pattern);
  return result.outcome === 'match' ? result.text : `<${result.outcome}>`;
}

describe('a Lua pattern', () => {
  it.each([
    ['standup', 'stand', 'stand'],
    ['standup', '^up', '<no_match>'],
    ['standup', 'up$', 'up'],
    ['a$b', 'a$b', 'a$b'],
    ['team-12', '%a+%-%d+', 'team-12'],
    ['team-12', '%A+', '-12'],
    ['a.b', 'a%.b', 'a.b'],
    ['axb', 'a%.b', '<no_match>'],
    ['caf%c3', 'caf%%c3', 'caf%c3'],
    ['aaa', 'a-', ''],
    ['aaab', '^a-b', 'aaab'],
    ['ab', 'ax?b', 'ab'],
    ['axb', 'ax?b', 'axb'],
    ['b', 'a*b', 'b'],
    ['b', 'a+b', '<no_match>'],
    ['x7', '[a-z]%d', 'x7'],
    ['x7', '[^a-z]', '7'],
    ['a]b', '[]]', ']'],
    ['a-b', '[a%-]+', 'a-'],
    ['x-', '[x-]+', 'x-'],
    ['key=value', '(%w+)=(%w+)', 'key'],
    ['hello', 'l()', '4'],
    ['abab', '(ab)%1', 'ab'],
    ['abcd', '(ab)%1', '<no_match>'],
    ['f(a(b)c)d', '%b()', '(a(b)c)'],
    ['f(a', '%b()', '<no_match>'],
    ['THE end', '%f[%l]%l+', 'end'],
    ['', '^$', ''],
    ['x', '', ''],
    ['é', '^..$', '\u00c3\u00a9'],
    ['a', '[a', '<malformed>'],
    ['a', '%', '<malformed>'],
    ['a', '(a', '<malformed>'],
    ['a', 'a)', '<malformed>'],
    ['a', '%1', '<malformed>'],
    ['a', '%b(', '<malformed>'],
    ['a', '%fa', '<malformed>'],
    ['a', '('.repeat(33), '<malformed>'],
    ['a', 'a?'.repeat(250), '<malformed>'],
    ['a'.repeat(60), `${'.*'.repeat(30)}!`, '<too_costly>'],
  ])('on %j, %j gives %j', (subject, pattern, expected) => {
    expect(matched(subject, pattern)).toBe(expected);
  });
});
