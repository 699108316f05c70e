import { beforeAll, describe, expect, it } from 'vitest';
import { compileRule } from '../../src/domain/rules/compile.ts';
import { compileMapping } from '../../src/domain/rules/compile-mapping.ts';
import { vocabulary } from '../../src/domain/rules/vocabulary.ts';
import { checkExpression, completionsFor } from '../../src/operations/check-expression.ts';
import { testWorld } from '../support/world.ts';

const world = await testWorld();

beforeAll(async () => {
  await world.addIssuer();
  await world.addIssuer({ slug: 'tenants', sub: 'tenant' });
  await world.addUser({ groups: ['staff'], attributes: { department: 'maths' } });
});

describe('checkExpression', () => {
  it('says where the mistake is, how long, and what to write instead', async () => {
    const source = "inGroup('a')\n  && rooom == 'x'";
    expect(await checkExpression(world, { kind: 'rule', source })).toEqual({
      ok: false,
      uses: [],
      mistakes: [
        {
          message: 'Unknown variable: rooom',
          hint: 'did you mean room?',
          line: 2,
          column: 6,
          start: 18,
          length: 5,
        },
      ],
    });
  });

  it.each([
    ['rule', "inGroup('a')", true],
    ['rule', 'user.displayName', false],
    ['mapping', 'displayName', true],
    ['mapping', "user.displayName + '!'", true],
    ['mapping', 'room ==', false],
    ['rule', '', false],
  ] as const)('takes the %s %j: %s', async (kind, source, ok) => {
    expect(await checkExpression(world, { kind, source })).toMatchObject({ ok });
  });

  it('knows whether the issuer keeps tenants', async () => {
    const rule = { kind: 'rule', source: "tenant == 'x'" } as const;
    expect(await checkExpression(world, { ...rule, issuer: 'tenants' })).toMatchObject({
      ok: true,
      uses: ['tenant'],
    });
    expect(await checkExpression(world, { ...rule, issuer: 'main' })).toMatchObject({ ok: false });
    await expect(checkExpression(world, { ...rule, issuer: 'none' })).rejects.toMatchObject({
      code: 'issuer_not_found',
    });
  });
});

describe('completionsFor', () => {
  it('offers the groups and attributes there are, and what the language has', async () => {
    const found = await completionsFor(world, { kind: 'rule', issuer: 'main' });
    expect(found).toMatchObject({ groups: ['staff'], attributes: ['department'] });
    const texts = found.words.map(({ text }) => text);
    expect(texts).toEqual(expect.arrayContaining(["inGroup('')", 'user.email', 'auth.mfa']));
    expect(texts).not.toContain('tenant');
    expect(texts).not.toContain('user.displayName');
    const inMappings = await completionsFor(world, { kind: 'mapping', issuer: 'tenants' });
    expect(inMappings.words.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['tenant', 'user.displayName']),
    );
  });
});

describe('the vocabulary', () => {
  const completed = (text: string) =>
    text
      .replace("inNetwork('')", "inNetwork('10.0.0.0/8')")
      .replace("timestamp('')", "timestamp('2026-01-01T00:00:00Z')")
      .replace("duration('')", "duration('1h')")
      .replace('has()', 'has(user.email)')
      .replace('size()', 'size(room)')
      .replace('string()', 'string(auth.age)');
  const receivers: Record<string, string> = {
    exists: 'user.groups',
    all: 'user.groups',
    orValue: "user.attributes[?'a']",
    getHours: 'now',
    getDayOfWeek: 'now',
  };

  it.each(vocabulary('rule', 'known').map((word) => [word.text, word] as const))(
    '%s is a word of the language',
    (_text, word) => {
      const call = completed(word.text).replace('(x, x)', "(x, x == 'a')");
      const source =
        word.kind === 'method' || word.key === 'exists' || word.key === 'all'
          ? `${receivers[word.key] ?? 'room'}.${call}`
          : call;
      const same = compileRule(`dyn(${source}) == dyn(${source})`, { tenant: 'known' });
      expect(same.ok || same.error.message).toBe(true);
    },
  );

  it('has nothing in mappings that mappings refuse', () => {
    for (const { text, kind } of vocabulary('mapping', 'known'))
      if (kind === 'variable') {
        const compiled = compileMapping(`dyn(${text}) == dyn(1) ? 'a' : 'b'`, { tenant: 'known' });
        expect([text, compiled.ok || compiled.error.message]).toEqual([text, true]);
      }
  });
});
