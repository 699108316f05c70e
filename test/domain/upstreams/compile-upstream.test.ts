import { describe, expect, it } from 'vitest';
import { readFault } from '../../../src/domain/faults.ts';
import { compileUpstream } from '../../../src/domain/upstreams/compile-upstream.ts';
import type { OidcUpstream } from '../../../src/domain/upstreams/upstream.ts';
import { anOidcUpstream } from '../../factories.ts';

function mistakes(overrides: Partial<OidcUpstream>) {
  const result = compileUpstream(anOidcUpstream(overrides));
  return result.ok ? [] : result.errors;
}

describe('compileUpstream', () => {
  it.each([
    [{ createRule: '' }, 'createRule', 'rule_empty'],
    [{ createRule: 'groups' }, 'createRule', 'cel_unknown_variable'],
    [{ createRule: "claims.sub.matches('x')" }, 'createRule', 'not_callable'],
    [{ createRule: "inGroup('x')" }, 'createRule', 'cel_overload'],
    [{ createRule: "'x'" }, 'createRule', 'wanted_boolean'],
    [{ createRule: "user.username == 'x'" }, 'createRule', 'cel_unknown_variable'],
    [{ mapping: { username: "['x']" } }, 'mapping.username', 'wanted_string'],
    [{ mapping: { avatar: 'gravatar(1)' } }, 'mapping.avatar', 'cel_overload'],
    [{ attributes: { level: 'claims' } }, 'attributes.level', 'wanted_value'],
    [{ attributes: { constructor: '1' } }, 'attributes.constructor', 'attribute_name'],
    [{ attributes: JSON.parse('{"__proto__": "1"}') }, 'attributes.__proto__', 'attribute_name'],
    [{ groups: '1' }, 'groups', 'wanted_names'],
    [{ groups: 'claims.groups[' }, 'groups', 'cel_unexpected_token'],
    [{ createRule: `claims.a${'.all(x, x'.repeat(3)}${')'.repeat(3)}` }, 'createRule', undefined],
  ] as const)('says what is wrong with %j', (overrides, path, key) => {
    const [error, ...others] = mistakes(overrides);
    expect(others).toEqual([]);
    expect(error?.path).toBe(path);
    if (key) expect(readFault(error?.message ?? '')?.key).toBe(key);
  });

  it('says where, and what to write instead', () => {
    expect(mistakes({ createRule: '1 == 1 &&\n  groups' })).toEqual([
      {
        path: 'createRule',
        message: 'Unknown variable: groups',
        hint: 'what the upstream says is in claims: write claims.groups',
        line: 2,
        column: 3,
        start: 12,
        end: 18,
      },
    ]);
  });

  it('tells all mistakes at once', () => {
    const all = { createRule: '', mapping: { email: '' }, attributes: { a: '' }, groups: '' };
    expect(mistakes(all).map(({ path }) => path)).toEqual([
      'createRule',
      'mapping.email',
      'attributes.a',
      'groups',
    ]);
  });

  it('takes a hundred attributes', () => {
    const attributes = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, '1']));
    expect(mistakes({ attributes: attributes(100) })).toEqual([]);
    expect(mistakes({ attributes: attributes(101) })).toMatchObject([{ path: 'attributes' }]);
  });
});
