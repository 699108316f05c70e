import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRule } from '../../../src/domain/rules/compile.ts';
import { compileMapping } from '../../../src/domain/rules/compile-mapping.ts';
import { ruleContext } from '../../../src/domain/rules/facts.ts';
import { showValue } from '../../../src/domain/rules/show-value.ts';
import { aUser, NOW } from '../../factories.ts';

const user = aUser({
  groups: ['staff', 'chairs'],
  attributes: { department: 'maths', rooms: ['a', 'b'], level: 3 },
});
const context = ruleContext(
  {
    user,
    room: 'staff-meeting',
    tenant: undefined,
    now: NOW,
    auth: { methods: ['pwd'], mfa: false, ageSeconds: 12 },
    ip: undefined,
  },
  'main',
);

function readRule(source: string): string[] {
  const compiled = compileRule(source, { tenant: 'known' });
  if (!compiled.ok) throw new Error(compiled.error.message);
  return compiled.rule.read(context).map((reading) => {
    const indent = '  '.repeat(reading.depth);
    if (reading.outcome === 'value') return `${indent}${reading.text} → ${reading.value}`;
    if (reading.outcome === 'error') return `${indent}${reading.text} ! ${reading.code}`;
    return `${indent}${reading.text} ·`;
  });
}

describe('what a rule read', () => {
  it.each([
    ['1', []],
    ["inGroup('staff')", ["inGroup('staff') → true"]],
    ["inGroup('a') || inGroup('staff')", ["inGroup('a') → false", "inGroup('staff') → true"]],
    ["inGroup('staff') || auth.mfa", ["inGroup('staff') → true", 'auth.mfa ·']],
    [
      "inGroup('a') && (auth.mfa || room == 'x')",
      ["inGroup('a') → false", 'auth.mfa ·', "room == 'x' ·", '  room ·'],
    ],
    ["!room.like('staff-*')", ["room.like('staff-*') → true", "  room → 'staff-meeting'"]],
    [
      "room == 'x' ? auth.mfa : auth.age < 60",
      [
        "room == 'x' → false",
        "  room → 'staff-meeting'",
        'auth.mfa ·',
        'auth.age < 60 → true',
        '  auth.age → 12',
      ],
    ],
    [
      "user.attributes.department == 'maths'",
      ["user.attributes.department == 'maths' → true", "  user.attributes.department → 'maths'"],
    ],
    [
      "user.attributes['level'] > 2",
      ["user.attributes['level'] > 2 → true", "  user.attributes['level'] → 3"],
    ],
    [
      "user.attributes.title == 'x'",
      ["user.attributes.title == 'x' ! value_missing", '  user.attributes.title ! value_missing'],
    ],
    [
      "has(user.attributes.title) && user.attributes.title == 'x'",
      [
        'has(user.attributes.title) → false',
        "user.attributes.title == 'x' ·",
        '  user.attributes.title ·',
      ],
    ],
    ["inNetwork('10.0.0.0/8')", ["inNetwork('10.0.0.0/8') ! address_unknown"]],
    [
      "user.groups.exists(g, g.startsWith('ch'))",
      ["user.groups.exists(g, g.startsWith('ch')) → true", "  user.groups → ['staff', 'chairs']"],
    ],
    [
      "'staff' in user.groups",
      ["'staff' in user.groups → true", "  user.groups → ['staff', 'chairs']"],
    ],
    [
      "user.attributes[?'d'].orValue('') == ''",
      [
        "user.attributes[?'d'].orValue('') == '' → true",
        "  user.attributes[?'d'].orValue('') → ''",
        "    user.attributes[?'d'] → none",
      ],
    ],
    [
      "now.getHours('UTC') == 9",
      [
        "now.getHours('UTC') == 9 → true",
        "  now.getHours('UTC') → 9",
        "    now → timestamp('2026-01-05T09:00:00.000Z')",
      ],
    ],
  ] as const)('%s', (source, lines) => {
    expect(readRule(source)).toEqual(lines);
  });

  it('says nothing that contradicts the outcome of a rule made of calls', () => {
    const atom = fc.constantFrom(
      "inGroup('staff')",
      "inGroup('x')",
      'auth.mfa',
      "room.like('staff-*')",
      "user.attributes.none == 'x'",
    );
    const { rule } = fc.letrec<{ rule: string }>((tie) => ({
      rule: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        atom,
        fc
          .tuple(tie('rule'), fc.constantFrom('&&', '||'), tie('rule'))
          .map(([a, op, b]) => `(${a}) ${op} (${b})`),
        tie('rule').map((a) => `!(${a})`),
      ),
    }));
    fc.assert(
      fc.property(rule, (source) => {
        const compiled = compileRule(source, { tenant: 'known' });
        if (!compiled.ok) return;
        const readings = compiled.rule.read(context).filter(({ depth }) => depth === 0);
        let again = source;
        for (const reading of readings)
          if (reading.outcome === 'value') again = again.replaceAll(reading.text, reading.value);
        const result = compileRule(again, { tenant: 'known' });
        expect(result.ok && result.rule.evaluate(context)).toEqual(compiled.rule.evaluate(context));
      }),
    );
  });

  it.each([
    ['displayName', [{ text: 'displayName', depth: 0, outcome: 'value', value: "'Ada Lovelace'" }]],
    [
      'attributes.rooms',
      [{ text: 'attributes.rooms', depth: 0, outcome: 'value', value: "['a', 'b']" }],
    ],
    [
      'attributes.none',
      [
        {
          text: 'attributes.none',
          depth: 0,
          outcome: 'error',
          code: 'value_missing',
          message: 'No such key: attributes.none',
        },
      ],
    ],
  ] as const)('names the value behind the mapping %s', (source, readings) => {
    const compiled = compileMapping(source, { tenant: 'known' });
    if (!compiled.ok) throw new Error(compiled.error.message);
    expect(compiled.rule.read(context)).toEqual(readings);
  });
});

describe('showValue', () => {
  it.each([
    ["it's", "'it\\'s'"],
    ['x'.repeat(1000), `'${'x'.repeat(200)}…'`],
    [Array.from({ length: 30 }, () => 1), `[${'1, '.repeat(20)}… 10 more]`],
    [{ a: { b: { c: { d: 1 } } } }, "{'a': {'b': {'c': …}}}"],
    [null, 'null'],
  ])('writes %j', (value, text) => {
    expect(showValue(value)).toBe(text);
  });
});
