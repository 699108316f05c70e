import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../src/domain/fault-texts.ts';
import { type FaultKey, faultText, readFault } from '../../src/domain/faults.ts';
import { compileExpression, compileRule } from '../../src/domain/rules/compile.ts';
import { checkFields, userChangeSchema } from '../../src/domain/user-fields.ts';

describe('readFault', () => {
  it('reads back each text, with its values', () => {
    for (const [key, text] of Object.entries(FAULTS)) {
      const names = [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
      const values = Object.fromEntries(names.map((name) => [name, `<${name}>`]));
      const said = text.replaceAll(/\{(\w+)\}/g, '<$1>');
      expect(readFault(said)).toEqual({ key, values });
    }
  });

  it('takes values as they are, and nothing that nobody says', () => {
    const said = faultText('cel_unknown_variable', { name: "a\n.*'{x}" });
    expect(readFault(said)?.values).toEqual({ name: "a\n.*'{x}" });
    expect(readFault('something new')).toBeUndefined();
    expect(readFault(`Unknown variable: ${'x'.repeat(2000)}`)).toBeUndefined();
  });

  it.each([
    ['', 'rule_empty'],
    ['x'.repeat(4001), 'rule_too_long'],
    ['nobody', 'cel_unknown_variable'],
    ["user.nme == 'x'", 'cel_no_such_key'],
    ['room == ', 'cel_unexpected_token'],
    ["room == 'x", 'cel_unterminated'],
    ["room == 'x\n'", 'cel_newline'],
    ['room ? true : false', 'cel_condition'],
    ["true ? 'a' : 1", 'cel_branches'],
    ['room && true', 'cel_logical'],
    ['room + 1', 'cel_operator'],
    ['!room', 'cel_operator'],
    ['inGroup(1)', 'cel_overload'],
    ["room.like('a', 'b')", 'cel_overload'],
    ["inGroup('a'", 'cel_expected'],
    ['room # x', 'cel_unexpected_character'],
    ['room room', 'cel_unexpected_character'],
    ['1e == 1', 'cel_exponent'],
    ["room['x'] == 'a'", 'cel_index'],
    ["user.groups['x'] == 'a'", 'cel_list_index'],
    ['room.exists(x, true)', 'cel_range'],
    ['user.groups.exists(x, x)', 'cel_predicate'],
    ['user.groups.exists(1, true)', 'cel_iteration'],
    ['has(room)', 'cel_has'],
    ['for == 1', 'cel_reserved'],
    ["'\\q' == room", 'cel_escape'],
    [`${'('.repeat(40)}true${')'.repeat(40)}`, 'cel_limit'],
    ['room', 'wanted_boolean'],
    ["room.matches('x')", 'not_callable'],
    ["inNetwork('x')", 'no_network'],
    ["tenant == 'x'", 'tenant_unknown'],
  ] as const)('knows what the engine says of %j', (source, key) => {
    const compiled = compileRule(source, { tenant: 'unknown' });
    if (compiled.ok) throw new Error(`${source} is right`);
    expect([compiled.error.message, readFault(compiled.error.message)?.key]).toEqual([
      compiled.error.message,
      key,
    ]);
    const { hint } = compiled.error;
    if (hint !== undefined) expect(readFault(hint)?.key).toMatch(/^hint_/);
  });

  it('knows what is said of a mapping', () => {
    const compiled = compileExpression('user.groups', { tenant: 'known' });
    expect(compiled.ok ? '' : readFault(compiled.error.message)?.key).toBe('wanted_string');
  });

  it.each([
    [{ username: '' }, 'empty'],
    [{ username: 'a\u200Bb' }, 'one_line'],
    [{ displayName: 'x'.repeat(201) }, 'too_long'],
    [{ email: 'x' }, 'email'],
    [{ avatarUrl: 'http://x' }, 'avatar'],
    [{ language: '!' }, 'language'],
    [{ role: 'king' as never }, 'role'],
  ] satisfies [object, FaultKey][])('knows what is said of %j', (fields, key) => {
    try {
      checkFields(userChangeSchema, fields);
      throw new Error('it is right');
    } catch (error) {
      const { issues } = (error as { details: { issues: { message: string }[] } }).details;
      expect(issues.map(({ message }) => readFault(message)?.key)).toEqual([key]);
    }
  });
});
