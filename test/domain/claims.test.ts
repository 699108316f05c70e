import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildJitsiClaims, type JitsiClaims } from '../../src/domain/claims.ts';
import { decide } from '../../src/domain/decide.ts';
import type { Issuer } from '../../src/domain/issuer.ts';
import { canonicalRoom } from '../../src/domain/room.ts';
import { compileIssuer } from '../../src/domain/rules/check-issuer.ts';
import { checkTokenSize } from '../../src/domain/token-size.ts';
import type { User } from '../../src/domain/user.ts';
import { anIssuer, aUser, NOW } from '../factories.ts';
import { ask, hs, hsHost } from './prosody/tokens.ts';

interface Situation {
  readonly user?: Partial<User>;
  readonly tenant?: string;
  readonly ip?: string;
  readonly room?: string;
}

function claimsFor(overrides: Partial<Issuer>, situation: Situation = {}): JitsiClaims {
  const result = compileIssuer(anIssuer(overrides));
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  const request = {
    user: aUser(situation.user),
    tenant: situation.tenant,
    ip: situation.ip,
    now: NOW,
    auth: { methods: ['pwd'], mfa: false, ageSeconds: 0 },
  };
  const room = canonicalRoom(situation.room ?? 'Caf%C3%A9 Réunion');
  const decision = decide(result.compiled, { ...request, room: room.canonical });
  if (decision.outcome === 'denied') throw new Error(decision.reason);
  return buildJitsiClaims({ issuer: result.compiled, decision, room, jti: 'jti-1', ...request });
}

describe('buildJitsiClaims', () => {
  it('fills every claim of a participant, and nothing else', () => {
    expect(claimsFor({})).toStrictEqual({
      iss: 'https://auth.example.org/',
      aud: 'jitsi',
      sub: '*',
      room: 'caf%c3%a9%20r%c3%a9union',
      iat: 1767603600,
      nbf: 1767603590,
      exp: 1767603900,
      jti: 'jti-1',
      context: {
        user: {
          id: '0b7c0d3e-4a55-4e0d-9d0e-0d6a7b1c2f10',
          name: 'Ada Lovelace',
          email: 'ada@example.org',
          affiliation: 'member',
          moderator: 'false',
        },
      },
    });
  });

  it('says what rules and mappings gave', () => {
    const claims = claimsFor(
      {
        moderatorRule: '1',
        lobbyBypass: '1',
        features: { recording: '0', 'name-readonly': '1' },
        group: 'attributes.department',
        mapping: { id: 'username', name: "user.displayName + '!'", avatar: 'avatarUrl' },
        extraClaims: {
          'context.user.department': 'attributes.department',
          'context.callee.name': 'room',
          x_floor: 'attributes.floor',
        },
      },
      {
        user: {
          avatarUrl: 'https://a.example/a.png',
          attributes: { department: 'maths', floor: 3 },
        },
      },
    );
    expect(claims['x_floor']).toBe('3');
    expect(claims.context).toMatchObject({
      user: {
        id: 'ada',
        name: 'Ada Lovelace!',
        avatar: 'https://a.example/a.png',
        department: 'maths',
        affiliation: 'owner',
        moderator: 'true',
        lobby_bypass: 'true',
      },
      callee: { name: 'café réunion' },
      group: 'maths',
      features: { recording: 'false', 'name-readonly': true, livestreaming: 'true' },
    });
    expect(claims.context.user).not.toHaveProperty('email');
  });

  it('leaves out what is absent, empty or fails', () => {
    const { context } = claimsFor(
      {
        lobbyBypass: '0',
        group: 'attributes.missing',
        mapping: { id: 'id', name: "'x' + user.attributes.missing", email: 'email', avatar: "' '" },
        extraClaims: { 'context.callee.name': 'ip' },
      },
      { user: { email: undefined } },
    );
    expect(context).toStrictEqual({
      user: { id: aUser().id, affiliation: 'member', moderator: 'false' },
    });
  });

  it('lets no mapping pass a lobby that its rule guards', () => {
    const extraClaims = { 'context.user.lobby_bypass': "'true'" };
    const guarded = claimsFor({ lobbyBypass: '0', extraClaims });
    expect(guarded.context.user).not.toHaveProperty('lobby_bypass');
    expect(claimsFor({ extraClaims }).context.user).toHaveProperty('lobby_bypass', 'true');
  });

  it('writes control characters and halves of characters as one space', () => {
    const { context } = claimsFor(
      {},
      { user: { displayName: '\0Ada\u0007\r\n\ud800Lovelace\u0085' } },
    );
    expect(context.user.name).toBe('Ada Lovelace');
  });

  it.each([
    [{ sub: '*' }, 'school', '*'],
    [{ sub: 'meet.jitsi' }, 'school', 'meet.jitsi'],
    [{ sub: 'tenant' }, 'school', 'school'],
    [{ sub: 'tenant', xmppDomain: 'meet.jitsi' }, 'school', 'school'],
    [{ sub: 'tenant', xmppDomain: 'meet.jitsi' }, undefined, 'meet.jitsi'],
    [{ sub: 'tenant' }, undefined, 'meet.example.org'],
    [{ sub: 'tenant', serverUrl: 'https://m.example:8443/x/' }, undefined, 'm.example'],
  ])('with %j and the tenant %j has the sub %s', (overrides, tenant, sub) => {
    expect(claimsFor(overrides, tenant === undefined ? {} : { tenant }).sub).toBe(sub);
  });

  it.each([
    [{ xmppDomain: 'meet.jitsi' }, 'meet.jitsi'],
    [{ xmppDomain: undefined }, 'meet.example.org'],
  ])('gives no token to a tenant that is called as the domain of %j', (overrides, tenant) => {
    expect(() => claimsFor({ sub: 'tenant', ...overrides }, { tenant })).toThrow(
      expect.objectContaining({ code: 'tenant_invalid' }),
    );
  });

  it('has no sub to give without tenant, domain and server', () => {
    expect(() => claimsFor({ sub: 'tenant', serverUrl: undefined })).toThrow(
      expect.objectContaining({ code: 'issuer_without_server' }),
    );
  });

  it('opens every room only where the issuer says so', () => {
    expect(claimsFor({ anyRoom: true }).room).toBe('*');
    expect(() => claimsFor({}, { room: '%2A' })).toThrow(
      expect.objectContaining({ code: 'room_invalid' }),
    );
  });

  it('dates the token by the issuer', () => {
    const { iat, nbf, exp } = claimsFor({ tokenTtlSeconds: 60, nbfSkewSeconds: 0 });
    expect([nbf - iat, exp - iat]).toEqual([0, 60]);
  });

  it('is taken by Prosody, whatever a person is called', () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 });
    const person = fc.record({
      username: text,
      displayName: text,
      email: fc.option(text, { nil: undefined }),
      avatarUrl: fc.option(text, { nil: undefined }),
      attributes: fc.dictionary(text, fc.oneof(text, fc.double(), fc.boolean(), fc.array(text))),
    });
    const issuer: Partial<Issuer> = {
      moderatorRule: '1',
      features: { recording: '1' },
      group: 'displayName',
      extraClaims: { 'context.user.department': 'attributes.department' },
    };
    const host = {
      ...hsHost,
      presenceIdentity: true,
      tokenAffiliation: true,
      asapAcceptedIssuers: ['https://auth.example.org/'],
    };
    fc.assert(
      fc.property(person, (user) => {
        const claims = claimsFor(issuer, { user, room: 'standup' });
        const verdict = ask(
          hs(JSON.parse(JSON.stringify(claims))),
          host,
          { room: 'standup' },
          { now: NOW },
        );
        expect(verdict).toMatchObject({ verdict: 'accepted', role: 'moderator' });
        for (const value of Object.values(claims.context.user)) expect(value).toMatch(/^\P{Cc}+$/u);
      }),
    );
  });
});

describe('checkTokenSize', () => {
  it('names the claim that makes a token too long', () => {
    const claims = claimsFor(
      { extraClaims: { 'context.user.bio': 'attributes.bio' } },
      { user: { attributes: { bio: 'é'.repeat(2000) } } },
    );
    expect(() => checkTokenSize('x'.repeat(4096), claims)).not.toThrow();
    expect(() => checkTokenSize('x'.repeat(4097), claims)).toThrow(
      expect.objectContaining({
        code: 'token_too_large',
        details: { claim: 'context.user.bio', bytes: 4097 },
      }),
    );
  });
});
