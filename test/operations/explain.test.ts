import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ALGORITHMS, type Issuer } from '../../src/domain/issuer.ts';
import { canonicalRoom } from '../../src/domain/room.ts';
import type { User } from '../../src/domain/user.ts';
import { type ExplainInput, explain, MADE_UP_ID } from '../../src/operations/explain.ts';
import { explainSigned } from '../../src/operations/explain-signed.ts';
import { issueJitsiToken } from '../../src/operations/issue-jitsi-token.ts';
import { testWorld } from '../support/world.ts';

const world = await testWorld();
const ADMIN = { actorId: randomUUID(), actorName: 'root', ip: '192.0.2.1', requestId: 'ADMINREF' };
let ada: User;
let eve: User;

const rules: Partial<Issuer> = {
  useRule: "inGroup('staff') && inNetwork('10.0.0.0/8')",
  moderatorRule: "inGroup('chairs')",
  features: { recording: 'auth.mfa' },
  extraClaims: { 'context.user.department': 'attributes.department' },
  rooms: [
    {
      match: 'open-*',
      useRule: '1',
      moderatorRule: undefined,
      features: undefined,
      lobbyBypass: undefined,
    },
  ],
};

beforeAll(async () => {
  ada = await world.addUser({
    username: 'ada',
    groups: ['staff', 'chairs'],
    attributes: { department: 'maths' },
  });
  eve = await world.addUser({ username: 'eve', groups: ['guests'] });
  await world.addIssuer(rules);
  await world.addIssuer({ ...rules, slug: 'tenants', sub: 'tenant', useRule: "tenant == 'maths'" });
});

const ask = (input: Partial<ExplainInput> = {}) =>
  explain(world, {
    issuer: 'main',
    subject: { kind: 'known', name: 'ada' },
    room: 'standup',
    ip: '10.0.0.7',
    ...input,
  });

async function events() {
  return world.stores.auditEvents.list({ limit: 1000 });
}

function enter(
  live: Parameters<typeof issueJitsiToken>[1]['live'],
  input: { user: User; room: string; ip?: string; reference: string; tenant?: string },
) {
  return issueJitsiToken(world, {
    live,
    user: input.user,
    session: {
      methods: ['pwd', 'mfa'],
      authenticatedAt: new Date(world.clock.now().getTime() - 60_000),
    },
    room: canonicalRoom(input.room),
    tenant: input.tenant,
    ip: input.ip,
    requestId: input.reference,
  });
}

function live(slug: string) {
  const found = world.catalog.current().bySlug.get(slug);
  if (!found) throw new Error(slug);
  return found;
}

describe('explain', () => {
  it('tells decision, claims, size and what Prosody says, and leaves no trace', async () => {
    const before = await events();
    const { decision, token, asked } = await ask();
    expect(asked).toMatchObject({ madeUp: false, room: { canonical: 'standup' }, ip: '10.0.0.7' });
    expect(decision.decision).toMatchObject({ outcome: 'allowed', role: 'moderator' });
    expect(decision.rules.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['use', 'hit'],
      ['moderator', 'hit'],
      ['feature', 'miss'],
    ]);
    expect(token).toMatchObject({
      outcome: 'built',
      tooLargeBy: undefined,
      prosody: { verdict: 'accepted', role: 'moderator', moderatorBy: 'token' },
    });
    expect(await events()).toEqual(before);
  });

  it('has no token for somebody who is refused', async () => {
    const { decision, token } = await ask({ subject: { kind: 'known', name: 'eve' } });
    expect(decision.decision).toMatchObject({ outcome: 'denied', reason: 'use_rule_false' });
    expect(token).toBeUndefined();
  });

  it.each([
    [{ ip: undefined }, 'address_unknown'],
    [{ ip: '192.0.2.1' }, 'use_rule_false'],
    [{ room: 'open-house', ip: undefined }, undefined],
    [{ issuer: 'tenants', tenant: 'MATHS' }, undefined],
    [{ issuer: 'tenants', tenant: 'arts' }, 'use_rule_false'],
    [{ draft: { useRule: '0' } }, 'use_rule_false'],
    [{ draft: { useRule: '0', rooms: [{ match: 'stand*', useRule: '1' }] } }, undefined],
    [{ tried: { useRule: '0' } }, 'use_rule_false'],
    [{ tried: { moderatorRule: '0' } }, undefined],
    [{ tried: { useRule: '0' }, room: 'open-house' }, 'use_rule_false'],
    [{ tried: { useRule: '1' }, ip: undefined }, undefined],
  ] as const)('with %j it is %s', async (overrides, reason) => {
    const { decision } = (await ask(overrides)).decision;
    expect(decision.outcome === 'denied' ? decision.reason : undefined).toBe(reason);
  });

  it('takes somebody who does not exist, a time and a way of signing in', async () => {
    const at = new Date('2030-02-03T04:05:06Z');
    const { asked, decision, token } = await ask({
      subject: {
        kind: 'made_up',
        username: 'nobody',
        groups: ['staff'],
        attributes: { department: 'arts' },
      },
      at,
      auth: { methods: ['pwd', 'mfa'], mfa: true, ageSeconds: 0 },
    });
    expect(asked).toMatchObject({ madeUp: true, user: { id: MADE_UP_ID, displayName: 'nobody' } });
    expect(decision.decision).toMatchObject({
      outcome: 'allowed',
      role: 'participant',
      features: { recording: 'true' },
    });
    if (token?.outcome !== 'built') throw new Error('no token');
    expect(token.made.claims).toMatchObject({
      iat: at.getTime() / 1000,
      context: { user: { department: 'arts' } },
    });
    expect(token.prosody.verdict).toBe('accepted');
  });

  it.each([
    [{ issuer: 'none' }, 'issuer_not_found'],
    [{ subject: { kind: 'known', name: 'nobody' } }, 'user_not_found'],
    [{ room: '' }, 'room_missing'],
    [{ room: 'a/b' }, 'room_invalid'],
    [{ tenant: 'a b' }, 'tenant_invalid'],
    [{ draft: { useRule: "inGrup('x')" } }, 'input_invalid'],
    [{ draft: { extraClaims: { 'context.user.moderator': "'true'" } } }, 'input_invalid'],
    [{ draft: { slug: 'tenants', useRule: '2' } }, 'input_invalid'],
  ] as const)('refuses %j with %s', async (overrides, code) => {
    await expect(ask(overrides)).rejects.toMatchObject({ code });
  });

  it('names the field and the place of a mistake in a draft', async () => {
    await expect(
      ask({ draft: { rooms: [{ match: 'x', moderatorRule: "1 == 1 && inGrup('x')" }] } }),
    ).rejects.toMatchObject({
      details: { issues: [{ path: 'rooms[0].moderatorRule', offset: 10 }] },
    });
  });

  it('says why there is no token although the decision is yes', async () => {
    const { token } = await ask({
      issuer: 'tenants',
      draft: { useRule: '1' },
      tenant: 'meet.example.org',
    });
    expect(token).toEqual({ outcome: 'impossible', code: 'tenant_invalid' });
    const large = await ask({
      draft: { extraClaims: { 'context.essay': `'${'x'.repeat(3900)}'` } },
    });
    expect(large.token).toMatchObject({ tooLargeBy: 'context.essay' });
  });

  it.each(ALGORITHMS)('foretells length and verdict of a %s token', async (algorithm) => {
    const slug = algorithm.toLowerCase();
    const issuer = await world.addIssuer({ ...rules, slug, algorithm, useRule: '1' });
    const auth = { methods: ['pwd', 'mfa'], mfa: true, ageSeconds: 60 };
    const { token } = await ask({ issuer: slug, auth });
    const issued = await enter(live(slug), { user: ada, room: 'standup', reference: 'X' });
    if (token?.outcome !== 'built') throw new Error('no token');
    const verdict = world.judge(issuer, issued.token, 'standup');
    expect(token.bytes).toBe(issued.token.length);
    expect(token.prosody.verdict).toBe(verdict.verdict);
    const lines = (checks: typeof verdict.checks) =>
      checks.map(({ name, outcome }) => [name, outcome]);
    expect(lines(token.prosody.checks)).toEqual(lines(verdict.checks));
    expect(
      JSON.parse(Buffer.from(token.signingInput.split('.')[1] ?? '', 'base64url').toString()),
    ).toEqual(token.made.claims);
  });

  it('decides as the way into a room does, whatever the case', async () => {
    const user = fc.constantFrom('ada', 'eve');
    const room = fc.constantFrom('standup', 'open-house', 'Open-Ä');
    const ip = fc.constantFrom('10.1.1.1', '192.0.2.1', undefined);
    await fc.assert(
      fc.asyncProperty(user, room, ip, async (name, where, from) => {
        const auth = { methods: ['pwd', 'mfa'], mfa: true, ageSeconds: 60 };
        const { decision } = await ask({
          subject: { kind: 'known', name },
          room: where,
          ip: from,
          auth,
        });
        const entering = enter(live('main'), {
          user: name === 'ada' ? ada : eve,
          room: where,
          reference: 'X',
          ...(from === undefined ? {} : { ip: from }),
        });
        const real = await entering.then(
          (issued) => issued.decision,
          (error: { details: { reason: string } }) => error.details.reason,
        );
        const shown = decision.decision;
        expect(shown.outcome === 'denied' ? shown.reason : shown).toEqual(real);
      }),
      { numRuns: 12 },
    );
  });
});

describe('explainSigned', () => {
  it('signs the very token it explains, and writes down who asked', async () => {
    const { explanation, token } = await explainSigned(world, {
      issuer: 'main',
      username: 'ada',
      room: 'standup',
      ip: '10.0.0.7',
      actor: ADMIN,
    });
    if (explanation.token?.outcome !== 'built' || token === undefined) throw new Error('no token');
    expect(token.startsWith(`${explanation.token.signingInput}.`)).toBe(true);
    expect(world.judge(live('main').issuer, token, 'standup').verdict).toBe('accepted');
    const [event] = await world.stores.auditEvents.list({ requestId: 'ADMINREF', limit: 1 });
    expect(event).toMatchObject({
      type: 'token.issued',
      actorName: 'root',
      actorId: ADMIN.actorId,
      targetType: 'user',
      targetName: 'ada',
      details: { explained: true, onBehalf: true },
    });
    expect(JSON.stringify(await events())).not.toContain(token.split('.')[2]);
  });

  it('is no visit of that person', async () => {
    const someone = await world.addUser({ groups: ['staff'] });
    const input = {
      issuer: 'main',
      username: someone.username,
      room: 'standup',
      ip: '10.0.0.7',
      actor: ADMIN,
    };
    expect((await explainSigned(world, input)).token).toBeDefined();
    expect(await world.stores.auditEvents.recentRooms(someone.id, 5)).toEqual([]);
    await enter(live('main'), { user: someone, room: 'standup', ip: '10.0.0.7', reference: 'X' });
    expect(await world.stores.auditEvents.recentRooms(someone.id, 5)).toHaveLength(1);
  });

  it('signs nothing for somebody who is refused, and writes nothing', async () => {
    const before = await events();
    const { token, explanation } = await explainSigned(world, {
      issuer: 'main',
      username: 'eve',
      room: 'standup',
      ip: '10.0.0.7',
      actor: ADMIN,
    });
    expect(token).toBeUndefined();
    expect(explanation.decision.decision.outcome).toBe('denied');
    expect(await events()).toEqual(before);
  });
});
