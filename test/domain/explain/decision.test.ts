import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/domain/decide.ts';
import { explainDecision } from '../../../src/domain/explain/decision.ts';
import type { Issuer } from '../../../src/domain/issuer.ts';
import { compileIssuer } from '../../../src/domain/rules/check-issuer.ts';
import type { Facts } from '../../../src/domain/rules/facts.ts';
import { anIssuer, aUser, NOW } from '../../factories.ts';

const facts: Facts = {
  user: aUser({ groups: ['staff'] }),
  room: 'staff-meeting',
  tenant: undefined,
  now: NOW,
  auth: { methods: ['pwd'], mfa: false, ageSeconds: 0 },
  ip: '10.0.0.1',
};
const none = {
  useRule: undefined,
  moderatorRule: undefined,
  features: undefined,
  lobbyBypass: undefined,
};

function compiled(overrides: Partial<Issuer>) {
  const result = compileIssuer(anIssuer(overrides));
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.compiled;
}

function explain(rules: Partial<Issuer>, overrides: Partial<Facts> = {}) {
  return explainDecision(compiled(rules), { ...facts, ...overrides });
}

describe('explainDecision', () => {
  it('names the policy that matched, those that did not, and those nobody got to', () => {
    const rooms = ['board-*', 'staff-*', '*'].map((match) => ({ ...none, match }));
    expect(explain({ rooms }).policies).toEqual([
      { index: 0, match: 'board-*', outcome: 'missed' },
      { index: 1, match: 'staff-*', outcome: 'matched' },
      { index: 2, match: '*', outcome: 'not_reached' },
    ]);
    expect(explain({ rooms: [{ ...none, match: 'board-*' }] }).policies).toEqual([
      { index: 0, match: 'board-*', outcome: 'missed' },
    ]);
  });

  it('says of every rule where it stands, what came of it and what it saw', () => {
    const { rules, features } = explain({
      useRule: "inGroup('staff')",
      moderatorRule: "inGroup('chairs')",
      features: { recording: "inGroup('chairs')" },
      rooms: [{ ...none, match: 'staff-*', lobbyBypass: "user.attributes.key == 'x'" }],
    });
    expect(rules).toEqual([
      {
        kind: 'use',
        path: 'useRule',
        policy: undefined,
        source: "inGroup('staff')",
        outcome: 'hit',
        readings: [{ text: "inGroup('staff')", depth: 0, outcome: 'value', value: 'true' }],
      },
      {
        kind: 'moderator',
        path: 'moderatorRule',
        policy: undefined,
        source: "inGroup('chairs')",
        outcome: 'miss',
        readings: [{ text: "inGroup('chairs')", depth: 0, outcome: 'value', value: 'false' }],
      },
      {
        kind: 'feature',
        feature: 'recording',
        path: 'features.recording',
        policy: undefined,
        source: "inGroup('chairs')",
        outcome: 'miss',
        readings: [{ text: "inGroup('chairs')", depth: 0, outcome: 'value', value: 'false' }],
      },
      {
        kind: 'lobby',
        path: 'rooms[0].lobby.bypass',
        policy: 0,
        source: "user.attributes.key == 'x'",
        outcome: 'error',
        code: 'value_missing',
        message: 'No such key: key',
        readings: [
          {
            text: "user.attributes.key == 'x'",
            depth: 0,
            outcome: 'error',
            code: 'value_missing',
            message: 'No such key: key',
          },
          {
            text: 'user.attributes.key',
            depth: 1,
            outcome: 'error',
            code: 'value_missing',
            message: 'No such key: key',
          },
        ],
      },
    ]);
    expect(features).toContainEqual({
      feature: 'recording',
      state: 'false',
      rule: 'features.recording',
    });
    expect(features).toContainEqual({ feature: 'livestreaming', state: 'false', rule: undefined });
  });

  it('shows the rules behind a refusal as not reached, and reads nothing for them', () => {
    const { rules, features } = explain({ useRule: '0', moderatorRule: "inGroup('staff')" });
    expect(rules.map(({ outcome, readings }) => [outcome, readings])).toEqual([
      ['miss', []],
      ['not_reached', []],
    ]);
    expect(features).toEqual([]);
    const disabled = explain({ useRule: "inGroup('staff')" }, { user: aUser({ disabledAt: NOW }) });
    expect(disabled.rules).toMatchObject([{ outcome: 'not_reached' }]);
  });

  const rule = fc.option(
    fc.constantFrom(
      '1',
      '0',
      "inGroup('staff')",
      "inGroup('x')",
      'auth.mfa',
      "inNetwork('10.0.0.0/8')",
      "user.attributes.none == 'x'",
      "room.like('staff-*')",
    ),
    { nil: undefined },
  );
  const ruleSet = fc.record({
    useRule: rule,
    moderatorRule: rule,
    lobbyBypass: rule,
    features: fc.option(
      fc.dictionary(
        fc.constantFrom('recording', 'livestreaming'),
        fc.constantFrom('1', '0', 'auth.mfa'),
      ),
      { nil: undefined },
    ),
  });
  const policies = fc.uniqueArray(
    fc
      .record({ match: fc.constantFrom('staff-*', 'board', '*', 'x*') })
      .chain((match) => ruleSet.map((rules) => ({ ...rules, ...match }))),
    { selector: ({ match }) => match },
  );

  it('shows the very decision that decides, rule by rule', () => {
    const situation = fc.record({
      user: fc
        .record({
          groups: fc.subarray(['staff', 'x']),
          disabledAt: fc.option(fc.constant(NOW), { nil: undefined, freq: 9 }),
        })
        .map(aUser),
      room: fc.constantFrom('staff-meeting', 'board', 'other'),
      ip: fc.constantFrom('10.0.0.1', '192.0.2.1', undefined),
    });
    fc.assert(
      fc.property(ruleSet, policies, situation, (own, rooms, overrides) => {
        const issuer = compiled({ ...own, useRule: own.useRule ?? '1', rooms });
        const asked = { ...facts, ...overrides };
        const { decision, rules, policies: tried, features } = explainDecision(issuer, asked);
        expect(decision).toEqual(decide(issuer, asked));

        const reached = rules.filter(({ outcome }) => outcome !== 'not_reached');
        // Features stand as they were written there, and in Jitsi's order here.
        const shown = reached.map(({ path, source, outcome }) => `${path} ${source} ${outcome}`);
        const traced = decision.trace.map(
          ({ rule, source, outcome }) => `${rule} ${source} ${outcome}`,
        );
        expect(shown.sort()).toEqual(traced.sort());
        const matched = tried.find(({ outcome }) => outcome === 'matched')?.index;
        expect(matched).toBe(decision.policy);
        const hit = (kind: string) => rules.find((one) => one.kind === kind)?.outcome === 'hit';
        expect(decision.outcome === 'allowed').toBe(hit('use'));
        if (decision.outcome === 'denied') return;
        expect(decision.role === 'moderator').toBe(hit('moderator'));
        expect(Object.fromEntries(features.map(({ feature, state }) => [feature, state]))).toEqual(
          decision.features ?? {},
        );
      }),
    );
  });
});
