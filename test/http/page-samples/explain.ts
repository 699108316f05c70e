import { explainDecision } from '../../../src/domain/explain/decision.ts';
import type { Explanation, TokenExplanation } from '../../../src/domain/explain/explanation.ts';
import type { PastCase } from '../../../src/domain/explain/past-case.ts';
import type { ProsodyVerdict } from '../../../src/domain/prosody/verify.ts';
import { compileIssuer } from '../../../src/domain/rules/check-issuer.ts';
import {
  CASE_FIELDS,
  type CaseField,
  type ExplainPages,
} from '../../../src/http/page-contexts/explain.ts';
import { ruleFault } from '../../../src/http/rule-fault.ts';
import { anIssuer, aUser, NOW } from '../../factories.ts';
import { verdictSamples } from './inspect.ts';
import { NO_ROOM } from '../../../src/domain/room.ts';
import type { SamplesOf } from './samples-of.ts';

const quoted = (text: string) => `'${text.replace(/[\\'\n]/g, ' ')}'`;

/** With `text` wherever somebody else's text can stand. */
export function explainSamples(text: string): SamplesOf<ExplainPages> {
  const values = Object.fromEntries(CASE_FIELDS.map((name) => [name, text])) as Record<
    CaseField,
    string
  >;
  const empty = Object.fromEntries(CASE_FIELDS.map((name) => [name, ''])) as Record<
    CaseField,
    string
  >;
  const page = {
    issuers: [['main', text]] as const,
    values,
    faults: {},
    ruleFaults: {},
    past: undefined,
    explanation: undefined,
    maySign: true,
    token: undefined,
    machine: { curl: text, yaml: undefined },
  };
  const allowed = explanationOf(text, "inGroup('staff')");
  return {
    'admin-explain': [
      {
        ...page,
        values: empty,
        ruleFaults: { useRule: ruleFault({ message: text, hint: text, offset: 1 }, text) },
      },
      {
        ...page,
        faults: {
          reference: 'reference_not_found',
          issuer: 'issuer_not_found',
          user: 'user_not_found',
          room: 'room_invalid',
          tenant: 'tenant_invalid',
          at: 'at_invalid',
          ip: 'ip_invalid',
          attributes: 'attributes_invalid',
        },
      },
      { ...page, faults: { issuer: 'missing' }, past: pastCase(text) },
      { ...page, explanation: atClient(allowed, text), past: pastAtClient(text, 'allowed') },
      {
        ...page,
        faults: { client: 'client_not_found' },
        explanation: atClient(deniedFor(text, 'use_rule_false'), text),
        past: pastAtClient(text, 'denied'),
      },
      {
        ...page,
        explanation: allowed,
        past: {
          ...pastCase(text),
          outcome: 'allowed',
          reason: undefined,
          issuer: 'main',
          userGone: false,
        },
      },
      {
        ...page,
        explanation: allowed,
        token: 'a.b.c',
        past: { ...pastCase(text), issuer: 'main' },
      },
      ...(
        [
          'use_rule_false',
          'use_rule_error',
          'address_unknown',
          'user_disabled',
          'tokens_stopped',
        ] as const
      ).map((reason) => ({
        ...page,
        explanation: deniedFor(text, reason),
      })),
      ...(['signing_key_missing', 'tenant_invalid', 'issuer_without_server'] as const).map(
        (code) => ({
          ...page,
          explanation: { ...allowed, token: { outcome: 'impossible' as const, code } },
        }),
      ),
      {
        ...page,
        maySign: false,
        explanation: {
          ...allowed,
          asked: { ...allowed.asked, madeUp: true, tenant: text, ip: text },
          token: { ...builtToken(text), tooLargeBy: text },
        },
      },
      ...verdictSamples(text).map((prosody) => ({
        ...page,
        explanation: { ...allowed, token: { ...builtToken(text), prosody } },
      })),
    ],
  };
}

function pastCase(text: string): PastCase {
  return {
    reference: text,
    issuer: undefined,
    username: text,
    userGone: true,
    room: text,
    client: undefined,
    tenant: text,
    at: NOW,
    ip: text,
    auth: undefined,
    outcome: 'denied',
    reason: 'use_rule_false',
    rule: 'rooms[0].useRule',
    role: undefined,
  };
}

function pastAtClient(text: string, outcome: PastCase['outcome']): PastCase {
  return { ...pastCase(text), room: undefined, client: text, outcome };
}

function atClient(explanation: Explanation, text: string): Explanation {
  return {
    ...explanation,
    asked: { ...explanation.asked, room: NO_ROOM },
    client: { clientId: 'wiki', name: text, kind: 'oidc' },
    token: undefined,
  };
}

function explanationOf(text: string, useRule: string): Explanation {
  const rooms = [
    'a-*',
    text
      .slice(0, 50)
      .toLowerCase()
      .replace(/[/\\?#[\]\s\p{Cc}]/gu, '') || 'x',
    '*',
  ].map((match) => ({
    match,
    useRule: undefined,
    moderatorRule: undefined,
    features: undefined,
    lobbyBypass: undefined,
  }));
  const rule = `user.username == ${quoted(text)} || inGroup(${quoted(text)}) || user.attributes.x == 1`;
  const compilation = compileIssuer(
    anIssuer({
      useRule,
      moderatorRule: rule,
      features: { recording: '1' },
      lobbyBypass: rule,
      rooms: rooms.filter(({ match }) => match === match.normalize('NFKC')),
    }),
  );
  if (!compilation.ok) throw new Error(JSON.stringify(compilation.errors));
  const auth = { methods: ['pwd'], mfa: false, ageSeconds: 0 };
  const user = aUser({ username: text, displayName: text });
  const facts = { user, room: 'standup', tenant: undefined, now: NOW, auth, ip: undefined };
  return {
    issuer: { slug: 'main', name: text, algorithm: 'RS256' },
    asked: {
      user,
      madeUp: false,
      room: { canonical: text, safe: 'x', path: 'x' },
      tenant: undefined,
      at: NOW,
      ip: undefined,
      auth,
    },
    client: undefined,
    decision: explainDecision(compilation.compiled, facts),
    token: builtToken(text),
  };
}

function deniedFor(
  text: string,
  reason:
    | 'use_rule_false'
    | 'use_rule_error'
    | 'address_unknown'
    | 'user_disabled'
    | 'tokens_stopped',
): Explanation {
  const explanation = explanationOf(text, '0');
  const { decision } = explanation.decision;
  const stop = {
    id: 'x',
    subject: { kind: 'user' as const, userId: 'x' },
    name: text,
    reason: text,
    createdAt: NOW,
    createdBy: text,
    endsAt: NOW,
    liftedAt: undefined,
    liftedBy: undefined,
  };
  return {
    ...explanation,
    token: undefined,
    decision: {
      ...explanation.decision,
      decision: {
        rule: decision.rule,
        policy: decision.policy,
        trace: [],
        outcome: 'denied',
        reason,
        ...(reason === 'tokens_stopped' ? { stop } : {}),
      },
    },
  };
}

function builtToken(text: string): TokenExplanation & { outcome: 'built' } {
  const readings = [{ text, depth: 5, outcome: 'value' as const, value: text }];
  const leaf = { name: text, path: text, value: text };
  const origins = [
    { kind: 'mapping', entry: text, source: text, readings },
    { kind: 'rule', path: undefined },
    { kind: 'rule', path: 'moderatorRule' },
    { kind: 'role' },
    { kind: 'setting', name: 'iss' },
    { kind: 'request', name: 'room' },
    { kind: 'time', setting: undefined },
    { kind: 'time', setting: 'tokenTtlSeconds' },
    { kind: 'chance' },
  ] as const;
  const left = { entry: text, path: text, source: text, readings };
  return {
    outcome: 'built',
    made: {
      claims: {} as never,
      tree: [
        {
          name: 'context',
          path: 'context',
          children: origins.map((origin) => ({ ...leaf, origin })),
        },
      ],
      leftOut: [
        { ...left, why: 'empty' },
        { ...left, why: 'rule_decides' },
        { ...left, why: 'error', message: text },
      ],
    },
    bytes: 1000,
    maxBytes: 4096,
    tooLargeBy: undefined,
    signingInput: text,
    prosody: verdictSamples(text)[0] as ProsodyVerdict,
  };
}
