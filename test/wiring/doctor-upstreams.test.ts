import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { createOutgoing } from '../../src/http/outgoing.ts';
import { examineUpstreams } from '../../src/wiring/doctor/upstreams.ts';
import { anLdapUpstream, anOidcUpstream, frozenClock, NOW } from '../factories.ts';
import { testStores } from '../support/stores.ts';

it('doctor tells which upstreams do not answer, and what is put up with at somebody’s risk', async () => {
  const { stores } = await testStores();
  const none = { secret: undefined, privateKey: undefined };
  const lax = { id: randomUUID(), quirks: ['at_hash_wrong' as const] };
  const address = 'https://127.0.0.1:9';
  for (const upstream of [
    anOidcUpstream({ ...lax, slug: 'lax', issuerUrl: address }),
    anOidcUpstream({ ...lax, id: randomUUID(), slug: 'off', issuerUrl: address, disabled: true }),
    anLdapUpstream({
      id: randomUUID(),
      slug: 'open',
      security: 'none',
      urls: ['ldap://127.0.0.1:9'],
    }),
  ])
    await stores.upstreams.add(upstream, none, NOW);
  const publicUrl = () => new URL('https://auth.example.org');
  const found = await examineUpstreams({
    stores,
    clock: frozenClock,
    allowLoopback: false,
    outgoing: createOutgoing({ publicUrl, allowLoopback: false }),
  });
  expect(found.map(({ check, state, says }) => [state, check, says])).toEqual([
    ['bad', 'upstream lax', expect.stringContaining('address_refused')],
    ['bad', 'upstream open', expect.stringContaining('address_refused')],
    ['worry', 'upstream lax', expect.stringContaining('at_hash')],
    ['worry', 'upstream open', expect.stringContaining('in the clear')],
  ]);
});
