import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/domain/decide.ts';
import { isDomainError } from '../../src/domain/errors.ts';
import { FEATURES } from '../../src/domain/feature.ts';
import type { Issuer } from '../../src/domain/issuer.ts';
import { canonicalRoom } from '../../src/domain/room.ts';
import { compileIssuer } from '../../src/domain/rules/check-issuer.ts';
import type { CompiledIssuer } from '../../src/domain/rules/compiled-issuer.ts';
import type { Facts } from '../../src/domain/rules/facts.ts';
import { anIssuer, aUser, NOW } from '../factories.ts';

const facts: Facts = {
  user: aUser({ groups: ['staff'] }),
  room: 'standup',
  tenant: undefined,
  now: NOW,
  auth: { methods: ['pwd'], mfa: false, ageSeconds: 0 },
  ip: '10.0.0.1',
};
const NO_RULES = {
  useRule: undefined,
  moderatorRule: undefined,
  features: undefined,
  lobbyBypass: undefined,
};

function compiled(overrides: Partial<Issuer>): CompiledIssuer {
  const result = compileIssuer(anIssuer(overrides));
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.compiled;
}

function decideBy(rules: Partial<Issuer>, overrides: Partial<Facts> = {}) {
  return decide(compiled(rules), { ...facts, ...overrides });
}

describe('decide', () => {
  it.each([
    ['1', {}, undefined],
    ['0', {}, 'use_rule_false'],
    ["inGroup('staff')", {}, undefined],
    ["inGroup('other')", {}, 'use_rule_false'],
    ["user.attributes.missing == 'x'", {}, 'use_rule_error'],
    ["inNetwork('10.0.0.0/8')", { ip: undefined }, 'address_unknown'],
    ["!inNetwork('10.0.0.0/8')", { ip: undefined }, 'address_unknown'],
    ['1', { user: aUser({ disabledAt: NOW }) }, 'user_disabled'],
  ] as const)('%s denies with %2$s', (useRule, overrides, reason) => {
    const decision = decideBy({ useRule }, overrides);
    expect(decision.outcome).toBe(reason === undefined ? 'allowed' : 'denied');
    expect('reason' in decision ? decision.reason : undefined).toBe(reason);
    expect(decision.rule).toBe('useRule');
  });

  it.each([
    [undefined, 'participant'],
    ['1', 'moderator'],
    ["inGroup('chairs')", 'participant'],
    ["user.attributes.missing == 'x'", 'participant'],
  ])('with the moderator rule %j a person is %s', (moderatorRule, role) => {
    expect(decideBy({ moderatorRule })).toMatchObject({ outcome: 'allowed', role });
  });

  it('tells every rule that was asked, and what became of it', () => {
    const decision = decideBy({
      useRule: "inGroup('staff')",
      moderatorRule: "inGroup('chairs')",
      features: { recording: "user.attributes.missing == 'x'" },
    });
    expect(decision.trace).toEqual([
      { rule: 'useRule', source: "inGroup('staff')", uses: ['inGroup()'], outcome: 'hit' },
      { rule: 'moderatorRule', source: "inGroup('chairs')", uses: ['inGroup()'], outcome: 'miss' },
      expect.objectContaining({
        rule: 'features.recording',
        outcome: 'error',
        code: 'value_missing',
        message: 'No such key: missing',
      }),
    ]);
  });

  it('lets the first policy that matches count, and fills what it leaves out', () => {
    const rules: Partial<Issuer> = {
      useRule: '1',
      moderatorRule: '1',
      features: { recording: '1' },
      rooms: [
        { ...NO_RULES, match: 'board-*', useRule: "inGroup('board')" },
        { ...NO_RULES, match: '*-open', moderatorRule: '0', features: { livestreaming: '0' } },
        { ...NO_RULES, match: 'board-open', useRule: '1' },
      ],
    };
    expect(decideBy(rules, { room: 'board-open' })).toMatchObject({
      outcome: 'denied',
      policy: 0,
      rule: 'rooms[0].useRule',
    });
    expect(decideBy(rules, { room: 'x-open' })).toMatchObject({
      outcome: 'allowed',
      policy: 1,
      rule: 'useRule',
      role: 'participant',
      features: { recording: 'true', livestreaming: 'false' },
    });
    expect(decideBy(rules, { room: 'other' })).toMatchObject({
      policy: undefined,
      role: 'moderator',
    });
  });

  it('names no features without a feature rule', () => {
    expect(decideBy({})).toMatchObject({ features: undefined, lobbyBypass: undefined });
    expect(decideBy({ features: {} })).toMatchObject({ features: undefined });
  });

  it('names all features once one has a rule, the others as Jitsi gives them', () => {
    const given = (role: '0' | '1') => {
      const decision = decideBy({
        moderatorRule: role,
        features: { 'file-upload': '1', flip: '0' },
      });
      const features = decision.outcome === 'allowed' ? (decision.features ?? {}) : {};
      expect(Object.keys(features).sort()).toEqual([...FEATURES].sort());
      return Object.entries(features).flatMap(([name, state]) => (state === 'true' ? [name] : []));
    };
    expect(given('0').sort()).toEqual(['file-upload', 'screen-sharing']);
    expect(given('1').sort()).toEqual([
      'create-polls',
      'file-upload',
      'live-translation',
      'live-translation-subscribe',
      'livestreaming',
      'outbound-call',
      'recording',
      'screen-sharing',
      'send-groupchat',
      'transcription',
    ]);
  });

  it('takes a feature or the lobby away when its rule fails, nothing else', () => {
    const failing = "user.attributes.missing == 'x'";
    expect(
      decideBy({ features: { recording: failing }, lobbyBypass: failing, moderatorRule: '1' }),
    ).toMatchObject({
      outcome: 'allowed',
      role: 'moderator',
      features: { recording: 'false', livestreaming: 'true' },
      lobbyBypass: false,
    });
    expect(decideBy({ lobbyBypass: "inGroup('staff')" })).toMatchObject({ lobbyBypass: true });
  });

  it('decides alike for every way of writing one room', () => {
    const issuer = compiled({
      useRule: "room.contains('é') || room == 'standup'",
      rooms: [{ ...NO_RULES, match: 'straße*', useRule: '1', moderatorRule: '1' }],
    });
    const name = fc.oneof(
      fc.constantFrom('StandUp', 'Café', 'CAFÉ', 'Straße', 'Ａ'),
      fc.string({ maxLength: 10 }),
    );
    fc.assert(
      fc.property(name, (raw) => {
        const outcomes = [raw, raw.toLowerCase(), raw.normalize('NFD'), encodeURIComponent(raw)]
          .map((variant) => {
            try {
              return { ...facts, room: canonicalRoom(variant).canonical };
            } catch (error) {
              if (isDomainError(error)) return undefined;
              throw error;
            }
          })
          .filter((variant) => variant !== undefined);
        const same = new Map(outcomes.map((variant) => [variant.room, decide(issuer, variant)]));
        for (const variant of outcomes) {
          expect(decide(issuer, variant)).toEqual(same.get(variant.room));
        }
        const letters = /^[\p{L}\p{N}]*$/u;
        if (letters.test(raw)) expect(same.size).toBeLessThan(2);
      }),
    );
  });

  it('never throws and never allows by accident, whatever the person is', () => {
    const value = fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.array(fc.string()));
    const user = fc.record({
      username: fc.string({ unit: 'binary' }),
      email: fc.option(fc.string(), { nil: undefined }),
      groups: fc.array(fc.constantFrom('staff ', 'STAFF', 'Staff', 'staff\0', '__proto__', '')),
      attributes: fc.dictionary(fc.string(), value),
    });
    const issuer = compiled({ useRule: "inGroup('staff') || user.attributes.admin == true" });
    fc.assert(
      fc.property(user, fc.option(fc.string(), { nil: undefined }), (overrides, ip) => {
        const decision = decide(issuer, { ...facts, ip, user: aUser(overrides) });
        expect(decision.outcome === 'allowed').toBe(
          Object.hasOwn(overrides.attributes, 'admin') && overrides.attributes['admin'] === true,
        );
      }),
    );
  });
});
