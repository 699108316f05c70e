import { describe, expect, it } from 'vitest';
import {
  claimRows,
  readMappingFields,
  readRuleFields,
  withEmptyRows,
} from '../../src/doors/admin-ui/rule-form.ts';
import { ruleFault, ruleFaults } from '../../src/http/rule-fault.ts';

describe('a form with rules', () => {
  it('takes what is empty for what nobody wrote', () => {
    expect(
      readRuleFields({ useRule: ' ', 'features.recording': '', 'lobby.bypass': '\r\n' }),
    ).toEqual({
      useRule: null,
      moderatorRule: null,
      features: null,
      lobby: null,
    });
  });

  it('reads rules by their paths, with line ends of our own', () => {
    expect(
      readRuleFields({
        useRule: "inGroup('a') ||\r\ninGroup('b')",
        moderatorRule: '0',
        'features.recording': '1',
        'lobby.bypass': '1',
        other: 'x',
      }),
    ).toEqual({
      useRule: "inGroup('a') ||\ninGroup('b')",
      moderatorRule: '0',
      features: { recording: '1' },
      lobby: { bypass: '1' },
    });
  });

  it('reads the mapping, and claims row by row', () => {
    const fields = {
      'mapping.name': 'displayName',
      'mapping.email': '',
      group: 'attributes.department',
      'extraClaims.0.claim': ' context.user.title ',
      'extraClaims.0.value': 'attributes.title',
      'extraClaims.1.claim': '',
      'extraClaims.1.value': '',
    };
    expect(readMappingFields(fields)).toEqual({
      mapping: { name: 'displayName' },
      group: 'attributes.department',
      extraClaims: { 'context.user.title': 'attributes.title' },
    });
    expect(withEmptyRows(claimRows(fields))).toEqual([
      { claim: 'context.user.title', value: 'attributes.title' },
      { claim: '', value: '' },
      { claim: '', value: '' },
    ]);
  });

  it('loses no claim that is given twice', () => {
    const row = (index: number) => ({
      [`extraClaims.${index}.claim`]: 'context.user.title',
      [`extraClaims.${index}.value`]: 'x',
    });
    expect(() => readMappingFields({ ...row(0), ...row(1) })).toThrow(
      expect.objectContaining({ code: 'input_invalid' }),
    );
  });
});

describe('a mistake in a rule', () => {
  it.each([
    ["inGrup('x')", 0, { line: 1, column: 1, before: '', wrong: 'inGrup', after: "('x')" }],
    [
      "1 == 1\n&& rooom == 'x'",
      10,
      { line: 2, column: 4, before: '&& ', wrong: 'rooom', after: " == 'x'" },
    ],
    ['room =', 5, { line: 1, column: 6, before: 'room ', wrong: '=', after: '' }],
    ['a\n\nb', 2, { line: 2, column: 1, before: '', wrong: '', after: '' }],
    ['x', 99, { line: 1, column: 2, before: 'x', wrong: '', after: '' }],
    ['', 0, { line: 1, column: 1, before: '', wrong: '', after: '' }],
  ])('in %j at %i is shown in its line', (source, offset, place) => {
    expect(ruleFault({ message: 'm', offset }, source)).toEqual({
      message: 'm',
      hint: undefined,
      ...place,
    });
  });

  it('is told once for each field', () => {
    const faults = ruleFaults(
      [
        { path: 'useRule', message: 'first', hint: 'h', offset: 1 },
        { path: 'useRule', message: 'second' },
        { path: 'other', message: 'third' },
      ],
      (path) => (path === 'useRule' ? '!x' : undefined),
    );
    expect(faults).toMatchObject({
      useRule: { message: 'first', hint: 'h', before: '!', wrong: 'x' },
      other: { message: 'third', line: 1, column: 1 },
    });
  });
});
