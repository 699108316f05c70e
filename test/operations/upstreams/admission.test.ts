import { beforeEach, describe, expect, it } from 'vitest';
import type { OidcUpstream } from '../../../src/domain/upstreams/upstream.ts';
import type { User } from '../../../src/domain/user.ts';
import { admit } from '../../../src/operations/upstreams/admit.ts';
import { anAssertion, anLdapUpstream, NOW } from '../../factories.ts';
import { signInDeps } from '../../support/sign-in.ts';
import { testStores } from '../../support/stores.ts';
import { codeOf, saying, upstreamGround, word } from '../../support/upstreams.ts';

const ground = await testStores();
const { stores, database } = ground;
const deps = signInDeps(ground);
const { anAccount, anUpstream, clear, eventsOf } = upstreamGround(ground);

beforeEach(clear);

interface Case {
  readonly upstream?: Partial<OidcUpstream>;
  readonly account?: Partial<User>;
  readonly claims?: Record<string, unknown>;
  readonly disabledThere?: boolean;
  readonly known?: boolean;
}

const SAME = { email: 'ada@example.org' };
const VERIFIED = { ...SAME, email_verified: true };

describe('who is let in', () => {
  it.each<[string, Case, string, string?]>([
    ['a stranger whom the rule takes', {}, 'in'],
    [
      'a stranger whom the rule refuses',
      { upstream: { createRule: '0' } },
      'upstream_not_admitted',
    ],
    [
      'a stranger of whom the rule cannot tell',
      { upstream: { createRule: 'claims.staff' } },
      'upstream_not_admitted',
    ],
    [
      'a stranger disabled there',
      { disabledThere: true },
      'upstream_not_admitted',
      'user_disabled',
    ],
    ['a known person', { known: true }, 'in'],
    [
      'a known person disabled there',
      { known: true, disabledThere: true },
      'upstream_not_admitted',
      'user_disabled',
    ],
    [
      'a known person disabled here',
      { known: true, account: { disabledAt: NOW } },
      'upstream_not_admitted',
      'user_disabled',
    ],
    [
      'a known person whom the rule would not take any more',
      { known: true, upstream: { createRule: '0' } },
      'in',
    ],
    ['one whose name is taken', { account: { username: 'GRACE' } }, 'upstream_name_taken'],
    ['one whose address is taken', { account: SAME, claims: SAME }, 'upstream_name_taken'],
    [
      'one whose address is the username of another',
      { account: { username: 'ada@example.org', email: undefined }, claims: SAME },
      'upstream_name_taken',
    ],
    [
      'the owner of an address, from a trusted upstream',
      {
        upstream: { trusted: true, createRule: '0' },
        account: SAME,
        claims: { email: 'ADA@example.org', email_verified: true },
      },
      'in',
    ],
    [
      'the owner of an address, who administers',
      { upstream: { trusted: true }, account: { ...SAME, role: 'auditor' }, claims: VERIFIED },
      'upstream_name_taken',
    ],
    [
      'the owner of an address that another upstream gave',
      { upstream: { trusted: true }, account: { ...SAME, source: 'other' }, claims: VERIFIED },
      'upstream_name_taken',
    ],
    [
      'the owner of an address that is somebody else’s username',
      {
        upstream: { trusted: true },
        account: { username: 'ada@example.org', email: undefined },
        claims: VERIFIED,
      },
      'upstream_name_taken',
    ],
    [
      'the owner of an address who is disabled here',
      { upstream: { trusted: true }, account: { ...SAME, disabledAt: NOW }, claims: VERIFIED },
      'upstream_not_admitted',
      'user_disabled',
    ],
    [
      'one whose name cannot be used',
      { upstream: { mapping: { username: 'claims.nothing' } } },
      'upstream_claims_unusable',
    ],
    ['anybody, when the upstream is off', { upstream: { disabled: true } }, 'upstream_not_found'],
  ])(
    '%s',
    async (_who, { upstream: traits, account, claims, disabledThere, known }, code, reason) => {
      const upstream = await anUpstream(traits);
      const user =
        account && (await anAccount(known ? { ...account, source: 'company' } : account));
      if (known) {
        const { id } = user ?? (await anAccount({ source: 'company', username: 'grace' }));
        const identity = { upstreamId: upstream.id, subject: 'subject-1', userId: id };
        const dates = { createdAt: NOW, lastSeenAt: NOW, missingSince: undefined };
        await stores.identities.add({ ...identity, ...dates, linked: false, grantedGroups: [] });
      }
      const { assertion } = saying(claims ?? {});
      const input = word(upstream, {
        assertion: { ...assertion, disabled: disabledThere ?? false },
      });
      expect(await codeOf(admit(deps, input))).toBe(code);
      if (code === 'in' || code === 'upstream_not_found') return;
      expect(await eventsOf('session.refused')).toMatchObject([
        { reason: reason ?? code, requestId: 'REQ12345', details: { subject: 'subject-1' } },
      ]);
      expect(await database.knex('sessions').select()).toEqual([]);
    },
  );

  it('tells a disabled person with the right directory password no more than a wrong one', async () => {
    const upstream = anLdapUpstream();
    await stores.upstreams.add(upstream, { secret: undefined, privateKey: undefined }, NOW);
    const assertion = anAssertion({ claims: { uid: 'grace' }, disabled: true });
    const input = word(upstream, { assertion, methods: ['pwd'] });
    await expect(admit(deps, input)).rejects.toMatchObject({ code: 'login_failed' });
  });
});
