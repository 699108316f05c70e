/**
 * Upstreams, and what they say of people, over a real database.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { OidcUpstream, Upstream } from '../../src/domain/upstreams/upstream.ts';
import type { User } from '../../src/domain/user.ts';
import type { AdmitInput } from '../../src/operations/upstreams/admit.ts';
import { anAssertion, anOidcUpstream, aUser, NOW } from '../factories.ts';
import type { TestStores } from './stores.ts';

export const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'in',
    (error: { code?: string }) => error.code,
  );

/** What an upstream sends to be let in. */
export function word(upstream: Upstream, overrides: Partial<AdmitInput> = {}): AdmitInput {
  return {
    upstream,
    assertion: anAssertion(),
    methods: ['oidc'],
    remember: false,
    previousToken: undefined,
    ip: '192.0.2.1',
    userAgent: 'Firefox',
    requestId: 'REQ12345',
    ...overrides,
  };
}

export const saying = (claims: Record<string, unknown>, subject = 'subject-1') => ({
  assertion: anAssertion({
    subject,
    claims: { preferred_username: 'grace', name: 'Grace Hopper', ...claims },
  }),
});

export function upstreamGround({ stores, database }: TestStores) {
  return {
    clear: async () => {
      for (const table of ['upstreams', 'users', 'groups', 'audit_events'])
        await database.knex(table).del();
    },
    /** It maps `groups`. */
    anUpstream: async (overrides: Partial<OidcUpstream> = {}): Promise<OidcUpstream> => {
      const upstream = anOidcUpstream({ groups: 'claims.?groups.orValue([])', ...overrides });
      await stores.upstreams.add(upstream, { secret: 'x', privateKey: undefined }, NOW);
      return upstream;
    },
    anAccount: async (overrides: Partial<User> = {}): Promise<User> => {
      const user = aUser({ id: randomUUID(), groups: [], ...overrides });
      await stores.users.add(user, NOW);
      if (user.disabledAt) await stores.users.setDisabledAt(user.id, NOW, NOW);
      return user;
    },
    eventsOf: async (type: string) =>
      (await stores.auditEvents.list({ limit: 50 })).filter((event) => event.type === type),
  };
}
