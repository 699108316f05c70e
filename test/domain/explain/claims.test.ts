import { describe, expect, it } from 'vitest';
import { buildJitsiClaims } from '../../../src/domain/claims.ts';
import { decide } from '../../../src/domain/decide.ts';
import { type ClaimNode, explainClaims } from '../../../src/domain/explain/claims.ts';
import type { Issuer } from '../../../src/domain/issuer.ts';
import { canonicalRoom } from '../../../src/domain/room.ts';
import { compileIssuer } from '../../../src/domain/rules/check-issuer.ts';
import type { User } from '../../../src/domain/user.ts';
import { anIssuer, aUser, NOW } from '../../factories.ts';

function inputFor(
  overrides: Partial<Issuer>,
  { user = {}, tenant }: { user?: Partial<User>; tenant?: string } = {},
) {
  const result = compileIssuer(anIssuer(overrides));
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  const request = {
    user: aUser(user),
    tenant,
    ip: undefined,
    now: NOW,
    auth: { methods: ['pwd'], mfa: false, ageSeconds: 0 },
  };
  const room = canonicalRoom('Standup');
  const decision = decide(result.compiled, { ...request, room: room.canonical });
  if (decision.outcome === 'denied') throw new Error(decision.reason);
  return { issuer: result.compiled, decision, room, jti: 'jti-1', ...request };
}

function leaves(nodes: readonly ClaimNode[]): ClaimNode[] {
  return nodes.flatMap((node) => (node.children ? leaves(node.children) : [node]));
}

function origins(overrides: Partial<Issuer>, situation: Parameters<typeof inputFor>[1] = {}) {
  const { tree } = explainClaims(inputFor(overrides, situation));
  return Object.fromEntries(leaves(tree).map(({ path, origin }) => [path, origin]));
}

describe('explainClaims', () => {
  it('explains the very claims that are issued', () => {
    const input = inputFor({ features: { recording: '1' }, lobbyBypass: '1', group: "'a'" });
    const { claims, tree } = explainClaims(input);
    expect(claims).toEqual(buildJitsiClaims(input));
    const back = (nodes: readonly ClaimNode[]): object =>
      Object.fromEntries(
        nodes.map(({ name, children, value }) => [name, children ? back(children) : value]),
      );
    expect(back(tree)).toEqual(claims);
  });

  it('names setting, clock, room, rule or mapping behind every leaf', () => {
    const from = origins(
      {
        moderatorRule: "inGroup('staff')",
        features: { recording: '1' },
        group: "'maths'",
        extraClaims: { 'context.user.department': 'attributes.department' },
        rooms: [
          {
            match: 'standup',
            useRule: undefined,
            moderatorRule: undefined,
            features: undefined,
            lobbyBypass: '1',
          },
        ],
      },
      { user: { attributes: { department: 'maths' } } },
    );
    expect(from).toMatchObject({
      iss: { kind: 'setting', name: 'iss' },
      aud: { kind: 'setting', name: 'appId' },
      sub: { kind: 'setting', name: 'sub' },
      room: { kind: 'request', name: 'room' },
      iat: { kind: 'time', setting: undefined },
      nbf: { kind: 'time', setting: 'nbfSkewSeconds' },
      exp: { kind: 'time', setting: 'tokenTtlSeconds' },
      jti: { kind: 'chance' },
      'context.user.name': {
        kind: 'mapping',
        entry: 'mapping.name',
        source: 'displayName',
        readings: [{ value: "'Ada Lovelace'" }],
      },
      'context.user.department': { kind: 'mapping', entry: 'extraClaims.context.user.department' },
      'context.group': { kind: 'mapping', entry: 'group' },
      'context.user.affiliation': { kind: 'rule', path: 'moderatorRule' },
      'context.user.moderator': { kind: 'rule', path: 'moderatorRule' },
      'context.user.lobby_bypass': { kind: 'rule', path: 'rooms[0].lobby.bypass' },
      'context.features.recording': { kind: 'rule', path: 'features.recording' },
      'context.features.livestreaming': { kind: 'role' },
    });
    expect(Object.values(from).every((origin) => origin !== undefined)).toBe(true);
  });

  it.each([
    [{ sub: 'tenant' }, 'maths', { kind: 'request', name: 'tenant' }],
    [{ sub: 'tenant' }, undefined, { kind: 'setting', name: 'serverUrl' }],
    [
      { sub: 'tenant', xmppDomain: 'meet.jitsi' },
      undefined,
      { kind: 'setting', name: 'xmppDomain' },
    ],
    [{ sub: 'meet.jitsi' }, 'maths', { kind: 'setting', name: 'sub' }],
  ] as const)('names what made sub, with %j and tenant %s', (issuer, tenant, origin) => {
    expect(origins(issuer, tenant === undefined ? {} : { tenant })['sub']).toEqual(origin);
  });

  it('says which entries gave nothing, and why', () => {
    const { leftOut } = explainClaims(
      inputFor(
        {
          extraClaims: {
            'context.user.title': 'user.attributes.title',
            'context.user.lobby_bypass': "'true'",
          },
          lobbyBypass: '0',
        },
        { user: { email: undefined } },
      ),
    );
    expect(leftOut).toMatchObject([
      { entry: 'mapping.email', path: 'context.user.email', why: 'empty' },
      { entry: 'mapping.avatar', why: 'empty' },
      { entry: 'extraClaims.context.user.title', why: 'error', message: 'No such key: title' },
      { entry: 'extraClaims.context.user.lobby_bypass', why: 'rule_decides' },
    ]);
  });
});
