import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileUpstream } from '../../../src/domain/upstreams/compile-upstream.ts';
import { mapAssertion, mayBeCreated } from '../../../src/domain/upstreams/map-assertion.ts';
import type { Upstream, UpstreamClaims } from '../../../src/domain/upstreams/upstream.ts';
import { anAssertion, anLdapUpstream, anOidcUpstream } from '../../factories.ts';

const deps = { sha256: (text: string) => createHash('sha256').update(text).digest('hex') };

function compiled(upstream: Upstream) {
  const result = compileUpstream(upstream);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.compiled;
}

function map(upstream: Upstream, claims: UpstreamClaims) {
  return mapAssertion(compiled(upstream), anAssertion({ subject: 's-1', claims }), deps);
}

function draft(upstream: Upstream, claims: UpstreamClaims) {
  const mapped = map(upstream, claims);
  if (!mapped.ok) throw new Error(JSON.stringify(mapped.faults));
  return mapped.draft;
}

describe('the default mapping of OpenID Connect', () => {
  const oidc = anOidcUpstream();

  it.each([
    [{ preferred_username: 'ada' }, 'ada'],
    [{}, 's-1'],
    [{ preferred_username: '' }, 's-1'],
    [{ preferred_username: 7 }, 's-1'],
    [{ preferred_username: 'a\u202Eda' }, 's-1'],
    [{ preferred_username: '..' }, 's-1'],
    [{ preferred_username: ' ada ' }, 'ada'],
  ])('calls %j %s', (claims, username) => {
    expect(draft(oidc, claims).username).toBe(username);
  });

  it.each([
    [{ name: 'Ada Lovelace', given_name: 'X' }, 'Ada Lovelace'],
    [{ given_name: 'Ada', middle_name: 'King', family_name: 'Lovelace' }, 'Ada King Lovelace'],
    [{ given_name: 'Ada', middle_name: '', family_name: 'Lovelace' }, 'Ada Lovelace'],
    [{ family_name: 'Lovelace' }, 'Lovelace'],
    [{ displayName: 'Countess' }, 'Countess'],
    [{ preferred_username: 'ada' }, 'ada'],
    [{ name: ' \u202E ', preferred_username: 'ada' }, 'ada'],
    [{ name: 'Ada\n\u200BLovelace' }, 'Ada Lovelace'],
    [{ name: `${'x'.repeat(199)}😀` }, 'x'.repeat(199)],
  ])('shows %j as %s', (claims, displayName) => {
    expect(draft(oidc, claims).displayName).toBe(displayName);
  });

  it('takes affiliation and moderator as attributes, and no groups and no picture', () => {
    const claims = {
      affiliation: 'owner',
      moderator: true,
      groups: ['staff'],
      picture: 'https://x.example/a',
    };
    expect(draft(oidc, claims)).toMatchObject({
      attributes: { affiliation: 'owner', moderator: true },
      groups: [],
      avatarUrl: undefined,
    });
  });

  it.each([['a@b'], ['ada@example.org']])('takes the address %s', (email) => {
    expect(draft(oidc, { email }).email).toBe(email);
  });

  it.each([['ada'], [7], [{ a: 1 }], ['a@b\0'], ['a b@c']])('takes no address from %j', (email) => {
    expect(draft(oidc, { email }).email).toBeUndefined();
  });
});

describe('the default mapping of LDAP', () => {
  it.each([
    [
      { uid: 'ada', cn: 'Ada L' },
      { username: 'ada', displayName: 'Ada L' },
    ],
    [{ uid: ['ada', 'lovelace'] }, { username: 'ada', displayName: 'ada' }],
    [{ sAMAccountName: 'ada', userPrincipalName: 'ada@ad.example' }, { username: 'ada' }],
    [
      { samaccountname: 'ada', displayname: 'Ada' },
      { username: 'ada', displayName: 'Ada' },
    ],
    [{ userPrincipalName: 'ada@ad.example' }, { username: 'ada@ad.example' }],
    [{ uid: 'ada', mail: ['a@b', 'c@d'] }, { email: 'a@b' }],
    [{ uid: 'ada', groups: ['Staff', 'staff', 'chairs', '.', 7] }, { groups: ['Staff', 'chairs'] }],
  ])('makes of %j a person %j', (claims, person) => {
    expect(draft(anLdapUpstream(), claims)).toMatchObject(person);
  });

  it('has nobody without a name', () => {
    expect(map(anLdapUpstream(), { cn: 'Ada' })).toEqual({
      ok: false,
      faults: [expect.objectContaining({ path: 'mapping.username', code: 'value_unusable' })],
    });
  });
});

describe('a mapping of its own', () => {
  const own = anOidcUpstream({
    mapping: {
      username: "claims.email.split('@')[0].lowerAscii()",
      displayName: "claims.?nick.orValue('nobody')",
      email: 'claims.mail',
      avatar: 'gravatar(claims.email)',
    },
    attributes: {
      level: 'claims.level',
      tags: 'claims.tags',
      boss: "claims.role == 'boss'",
      nested: 'claims.nested',
      site: "claims['https://example.org/site']",
    },
    groups: "claims.groups.filter(g, g.startsWith('jitsi-'))",
  });

  it('reads claims, optional ones too, and asks Gravatar only so', () => {
    const claims = {
      email: ' Ada@Example.org',
      mail: 'ada@example.net',
      level: 3,
      tags: ['a', 'b'],
      role: 'boss',
      nested: { a: 1 },
      'https://example.org/site': 'Bern',
      groups: ['jitsi-a', 'other'],
    };
    const digest = deps.sha256('ada@example.org');
    expect(map(own, claims)).toEqual({
      ok: true,
      draft: {
        username: 'ada',
        displayName: 'nobody',
        email: 'ada@example.net',
        avatarUrl: `https://www.gravatar.com/avatar/${digest}`,
        attributes: { level: 3, tags: ['a', 'b'], boss: true, site: 'Bern' },
        groups: ['jitsi-a'],
      },
      faults: [expect.objectContaining({ path: 'attributes.nested', code: 'value_unusable' })],
    });
  });

  it('leaves out what a person does not have, without a word', () => {
    const claims = { email: 'ada@example.org' };
    expect(map(own, claims)).toMatchObject({ draft: { attributes: {}, groups: [] }, faults: [] });
  });

  it('has nobody when its username cannot be told', () => {
    expect(map(own, { email: 7 })).toMatchObject({
      ok: false,
      faults: [{ path: 'mapping.username', code: 'evaluation_failed' }],
    });
    expect(map(own, {})).toMatchObject({ ok: false, faults: [{ path: 'mapping.username' }] });
  });

  it.each(['http://x.example/a', 'https://u:p@x.example/', 'javascript:1', 'data:image/svg+xml,x'])(
    'shows no picture from %s',
    (picture) => {
      const upstream = anOidcUpstream({ mapping: { avatar: 'claims.picture' } });
      expect(draft(upstream, { picture }).avatarUrl).toBeUndefined();
    },
  );

  it('counts the first thousand groups', () => {
    const upstream = anOidcUpstream({
      groups: "claims.a.map(g, 'a' + g) + claims.b.map(g, 'b' + g)",
    });
    const names = Array.from({ length: 600 }, (_, index) => String(index));
    const mapped = map(upstream, { a: names, b: names });
    expect(mapped).toMatchObject({ faults: [{ path: 'groups' }] });
    expect(mapped.ok && mapped.draft.groups).toHaveLength(1000);
  });
});

describe('the rule for accounts', () => {
  it.each([
    ['1', {}, { value: true }],
    ['accept', {}, { value: true }],
    ['0', {}, { value: false }],
    ['deny', {}, { value: false }],
    ["'staff' in claims.groups", { groups: ['staff'] }, { value: true }],
    ["has(claims.groups) && 'staff' in claims.groups", {}, { value: false }],
    ["'staff' in claims.groups", {}, { error: { code: 'value_missing' } }],
    ['claims.staff', { staff: 'yes' }, { error: { code: 'type_wrong' } }],
    ['claims.level > 2', { level: 3 }, { value: true }],
    ['claims.ok', { ok: null }, { error: { code: 'type_wrong' } }],
    ['!has(claims.x)', { list: Array(1001).fill('x') }, { error: { code: 'evaluation_failed' } }],
  ])('%s over %j', (createRule, claims, result) => {
    const upstream = compiled(anOidcUpstream({ createRule }));
    expect(mayBeCreated(upstream, anAssertion({ claims }), deps)).toMatchObject(result);
  });
});

const hostile: readonly UpstreamClaims[] = [
  JSON.parse('{"__proto__": {"name": "x"}, "constructor": "x", "affiliation": {"__proto__": 1}}'),
  { name: { toString: 'x' }, email: ['a@b'], preferred_username: [['x']] },
  { sub: Number.POSITIVE_INFINITY, affiliation: Number.NaN, moderator: 2n ** 80n },
  { preferred_username: 'x'.repeat(100_000), name: 'y'.repeat(100_000) },
  { affiliation: ['\0', '\uD800'], moderator: [['x']] },
  { when: new Date(0), f: () => 1, s: Symbol('x'), u: undefined },
];

describe('claims nobody expects', () => {
  it.each(hostile)('are no harm: %#', (claims) => {
    const { attributes, username } = draft(anOidcUpstream(), claims);
    expect(username).toBe('s-1');
    for (const value of Object.values(attributes)) expect(typeof value).not.toBe('object');
    expect(({} as Record<string, unknown>)['name']).toBeUndefined();
  });

  it('are refused when there are too many', () => {
    expect(map(anOidcUpstream(), { groups: Array(1001).fill('x') })).toMatchObject({
      ok: false,
      faults: [{ code: 'claims_too_large' }],
    });
    let deep: unknown = 'x';
    for (let depth = 0; depth < 10_000; depth += 1) deep = { deep };
    expect(map(anOidcUpstream(), { deep })).toMatchObject({ ok: false });
  });

  it.each([
    ['groups', { groups: 'claims.?groups.orValue([])' }],
    ['groups', { createRule: '!("guests" in claims.groups)' }],
    ['groups', { attributes: { team: 'claims["groups"]' } }],
  ])('are refused where %s are to be fetched elsewhere, and are read', (name, overrides) => {
    const claims = {
      preferred_username: 'grace',
      _claim_names: { groups: 'src1' },
      _claim_sources: { src1: { endpoint: 'https://graph.example/groups' } },
    };
    expect(map(anOidcUpstream(overrides), claims)).toMatchObject({
      ok: false,
      faults: [{ path: `claims.${name}` }],
    });
    expect(map(anOidcUpstream(), claims)).toMatchObject({ ok: true });
    expect(map(anOidcUpstream(overrides), { ...claims, groups: ['a'] })).toMatchObject({
      ok: true,
    });
  });

  it('never throw, and never give more than may be written down', () => {
    const claims = fc.dictionary(
      fc.oneof(
        fc.string(),
        fc.constantFrom('name', 'email', 'preferred_username', 'affiliation', 'groups', 'picture'),
      ),
      fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true }),
    );
    const upstream = anOidcUpstream({
      mapping: { avatar: 'claims.picture', displayName: 'claims.name' },
      attributes: { a: 'claims.affiliation', b: '[claims.name]', c: 'size(claims.groups)' },
      groups: 'claims.groups',
    });
    fc.assert(
      fc.property(claims, (given) => {
        const mapped = map(upstream, given);
        if (!mapped.ok) return;
        const { username, displayName, attributes, groups } = mapped.draft;
        expect(username.length).toBeLessThanOrEqual(200);
        expect(displayName.length).toBeLessThanOrEqual(200);
        expect(displayName).not.toBe('');
        expect(groups.length).toBeLessThanOrEqual(1000);
        expect(() => JSON.stringify(attributes)).not.toThrow();
      }),
    );
  });
});
