import { beforeAll, describe, expect, it } from 'vitest';
import type { Issuer } from '../../src/domain/issuer.ts';
import { canonicalRoom } from '../../src/domain/room.ts';
import type { User } from '../../src/domain/user.ts';
import { issueJitsiToken } from '../../src/operations/issue-jitsi-token.ts';
import { testWorld } from '../support/world.ts';

const world = await testWorld();
let ada: User;
let eve: User;

beforeAll(async () => {
  ada = await world.addUser({ username: 'ada', groups: ['staff', 'chairs'] });
  eve = await world.addUser({ username: 'eve', groups: ['guests'] });
});

const rules: Partial<Issuer> = {
  useRule: "inGroup('staff')",
  moderatorRule: "inGroup('chairs')",
};

function enter(issuer: Issuer, user: User, { room, tenant }: { room: string; tenant?: string }) {
  const live = world.catalog.current().bySlug.get(issuer.slug);
  if (!live) throw new Error(`no ${issuer.slug}`);
  return issueJitsiToken(world, {
    live,
    user,
    session: { methods: ['pwd'], authenticatedAt: world.clock.now() },
    room: canonicalRoom(room),
    tenant,
    ip: '192.0.2.7',
    requestId: 'REF00001',
  });
}

describe('issueJitsiToken', () => {
  it.each(['HS256', 'HS384', 'HS512', 'RS256', 'RS384', 'RS512'] as const)(
    'gives a %s token that Prosody takes, with the role the rules say',
    async (algorithm) => {
      const slug = algorithm.toLowerCase();
      const issuer = await world.addIssuer({ ...rules, slug, algorithm });
      const { token } = await enter(issuer, ada, { room: 'Café Réunion' });
      expect(world.judge(issuer, token, 'Café Réunion')).toMatchObject({
        verdict: 'accepted',
        role: 'moderator',
      });
      expect(world.judge(issuer, token, 'another')).toMatchObject({ verdict: 'refused' });
    },
  );

  it('turns a stranger away, and writes down which rule did', async () => {
    const issuer = await world.addIssuer({ ...rules, slug: 'closed' });
    await expect(enter(issuer, eve, { room: 'standup' })).rejects.toMatchObject({
      code: 'access_denied',
      details: { reason: 'use_rule_false', room: 'standup' },
    });
    const [event] = await world.stores.auditEvents.list({ actorId: eve.id, limit: 1 });
    expect(event).toMatchObject({
      type: 'token.denied',
      actorName: 'eve',
      room: 'standup',
      reason: 'use_rule_false',
      rule: 'useRule',
      requestId: 'REF00001',
      details: { trace: [{ rule: 'useRule', outcome: 'miss' }] },
    });
  });

  it('writes down who got which token by which rule and key, but not the token', async () => {
    const issuer = await world.addIssuer({ ...rules, slug: 'audited' });
    const { token, claims } = await enter(issuer, ada, { room: 'standup' });
    const [event] = await world.stores.auditEvents.list({ actorId: ada.id, limit: 1 });
    expect(event).toMatchObject({
      type: 'token.issued',
      issuerId: issuer.id,
      room: 'standup',
      role: 'moderator',
      rule: 'useRule',
      jti: claims.jti,
      ip: '192.0.2.7',
    });
    expect(event?.kid).toBe(JSON.parse(atob(token.split('.')[0] ?? '')).kid);
    expect(JSON.stringify(event)).not.toContain(token.split('.')[2]);
  });

  it('refuses a token that proxies would cut, naming the claim', async () => {
    const issuer = await world.addIssuer({
      slug: 'large',
      extraClaims: { 'context.user.essay': 'attributes.essay' },
      useRule: '1',
    });
    const user = await world.addUser({ attributes: { essay: 'x'.repeat(5000) } });
    await expect(enter(issuer, user, { room: 'standup' })).rejects.toMatchObject({
      code: 'token_too_large',
      details: { claim: 'context.user.essay' },
    });
  });

  it('keeps the tenants of a tenant-wise issuer apart', async () => {
    const issuer = await world.addIssuer({ slug: 'tenants', useRule: '1', sub: 'tenant' });
    const { claims } = await enter(issuer, ada, { room: 'standup', tenant: 'maths' });
    expect(claims.sub).toBe('maths');
  });
});
