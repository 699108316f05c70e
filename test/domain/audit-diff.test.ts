import { assert, jsonValue, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diffOf, diffOfFields } from '../../src/domain/audit-diff.ts';
import { MASK } from '../../src/domain/config-file/change.ts';

describe('diffOf', () => {
  it.each([
    ['what changed alone', { a: 1, b: 2 }, { a: 1, b: 3 }, { before: { b: 2 }, after: { b: 3 } }],
    ['what came', { a: 1 }, { a: 1, b: [1] }, { before: {}, after: { b: [1] } }],
    ['what went', { a: 1, b: null }, { b: null }, { before: { a: 1 }, after: {} }],
    [
      'leaves by their path',
      { attributes: { site: 'x', age: 1 }, rooms: [{ match: 'a' }] },
      { attributes: { site: 'y', age: 1 }, rooms: [{ match: 'b' }] },
      {
        before: { 'attributes.site': 'x', 'rooms[0].match': 'a' },
        after: { 'attributes.site': 'y', 'rooms[0].match': 'b' },
      },
    ],
    ['nothing', { a: { b: [1, 2] } }, { a: { b: [1, 2] } }, { before: {}, after: {} }],
    ['what was made', undefined, { a: 1, b: undefined }, { after: { a: 1 } }],
    ['what was removed', { a: 1 }, undefined, { before: { a: 1 } }],
  ])('says %s', (_, before, after, expected) => {
    expect(diffOf(before, after)).toEqual(expected);
  });

  it.each([
    ['made', undefined, { secret: 'x' }, { after: { secret: 'set' } }],
    ['given', {}, { secret: 'x' }, { before: {}, after: { secret: 'set' } }],
    [
      'changed',
      { secret: 'x' },
      { secret: 'y' },
      { before: { secret: 'set' }, after: { secret: 'changed' } },
    ],
    ['taken away', { secret: 'x' }, {}, { before: { secret: 'set' }, after: {} }],
  ])('says of a secret that it was %s', (_, before, after, expected) => {
    expect(diffOf(before, after, ['secret'])).toEqual(expected);
  });

  it('hides what is inside a secret, and not what is only called alike', () => {
    const after = { smtp: { password: 'p', list: [{ a: 'q' }] }, smtpHost: 'h' };
    expect(diffOf(undefined, after, ['smtp'])).toEqual({
      after: { 'smtp.password': 'set', 'smtp.list[0].a': 'set', smtpHost: 'h' },
    });
  });

  it('never lets a secret through', () => {
    assert(
      property(jsonValue(), jsonValue(), (other, deep) => {
        const secret = 'CANARY-71';
        const before = { keep: other, secret: { deep, value: secret } };
        const after = { keep: deep, secret: { value: `${secret}2`, list: [{ secret }] } };
        expect(JSON.stringify(diffOf(before, after, ['secret']))).not.toContain(secret);
      }),
    );
  });
});

describe('diffOfFields', () => {
  it('turns what people read back into values', () => {
    const fields = [
      { field: 'a', before: '1', after: '"x"' },
      { field: 's', before: MASK, after: MASK },
    ];
    expect(diffOfFields(fields)).toEqual({
      before: { a: 1, s: 'set' },
      after: { a: 'x', s: 'changed' },
    });
  });
});
