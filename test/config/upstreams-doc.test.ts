/** The examples of docs/upstreams.md, read as `roomkey apply` reads them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkUpstreamEntry } from '../../src/domain/config-file/check-upstream-entry.ts';
import { readConfig } from '../../src/domain/config-file/read.ts';
import { compileUpstream } from '../../src/domain/upstreams/compile-upstream.ts';
import { mapAssertion } from '../../src/domain/upstreams/map-assertion.ts';
import { OIDC_FAULTS } from '../../src/domain/upstreams/oidc-fault.ts';
import { OIDC_QUIRKS } from '../../src/domain/upstreams/quirks.ts';
import { anOidcUpstream } from '../factories.ts';

const text = readFileSync(new URL('../../docs/upstreams.md', import.meta.url), 'utf8');
const unindented = (block: string, indent: string) => block.replaceAll(`\n${indent}`, '\n');
const blocks = [...text.matchAll(/\n( *)```yaml\n([^]*?)```/g)].map(([, indent = '', block = '']) =>
  unindented(`\n${block}`, indent),
);
/** The others show a few fields of one. */
const entries = blocks.filter((block) => block.includes('upstreams:'));
const rows = (heading: string) => {
  const section = text.slice(text.indexOf(`\n### ${heading}\n`)).split(/\n##/)[1] ?? '';
  return [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
};

describe('docs/upstreams.md', () => {
  it.each(entries.map((block) => [/slug: (\w+)/.exec(block)?.[1] ?? '', block]))(
    'has an example %s that is applied as it stands',
    (_, block) => {
      const { file, mistakes } = readConfig(parse(block));
      expect(mistakes).toEqual([]);
      expect((file.upstreams ?? []).flatMap((placed) => checkUpstreamEntry(placed))).toEqual([]);
      expect(file.upstreams?.length).toBe(1);
    },
  );

  it.each([...text.matchAll(/`groups: "(.*?)"`/g)].map(([, expression = '']) => expression))(
    'names groups by %s',
    (expression) => {
      const groups = expression.replaceAll('…', '');
      const compilation = compileUpstream(anOidcUpstream({ groups }));
      if (!compilation.ok) throw new Error(compilation.errors[0]?.message);
      const claims = {
        preferred_username: 'ada',
        groups: ['aaaaaaaa-', 'other'],
        'urn:zitadel:iam:org:project:roles': { staff: { '1': 'example.com' } },
      };
      const mapped = mapAssertion(
        compilation.compiled,
        { subject: '1', claims },
        { sha256: () => '' },
      );
      expect(mapped).toMatchObject({ ok: true, faults: [] });
      expect(mapped.ok && mapped.draft.groups).toContain('staff');
    },
  );

  it('tells of every quirk, and of faults that there are', () => {
    expect(new Set(rows('Quirks'))).toEqual(new Set(OIDC_QUIRKS));
    const known: readonly string[] = OIDC_FAULTS;
    const openid = text.slice(text.indexOf('## OpenID Connect'), text.indexOf('\n## LDAP'));
    const [, faults = ''] = openid.split('### What goes wrong');
    const named = [...faults.matchAll(/^\| (.*?) \|/gm)]
      .flatMap(([, cell = '']) => cell.match(/`(\w+)`/g) ?? [])
      .map((name) => name.replaceAll('`', ''));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !known.includes(name) && !name.startsWith('upstream_'))).toEqual(
      [],
    );
  });
});
