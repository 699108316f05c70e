import type { KeyRing } from '../../../src/domain/signing-key.ts';
import { toClient } from '../../../src/domain/config-file/client-entry.ts';
import { FEATURES } from '../../../src/domain/feature.ts';
import { GUESTS, KEY_MODES, PLATFORMS } from '../../../src/domain/integration/guide-file.ts';
import { finding, JITSI_FINDINGS } from '../../../src/domain/jitsi-check/finding.ts';
import { timesOfKey } from '../../../src/domain/key-timeline.ts';
import { standingWarnings, WARNINGS } from '../../../src/domain/issuer-warning.ts';
import type { SigningKey } from '../../../src/domain/signing-key.ts';
import { guideFor } from '../../../src/http/integration-page.ts';
import type { IssuerPages } from '../../../src/http/page-contexts/issuers.ts';
import { ruleFault } from '../../../src/http/rule-fault.ts';
import { anIssuer, NOW } from '../../factories.ts';
import type { SamplesOf } from './samples-of.ts';

const hour = (count: number) => new Date(NOW.getTime() + count * 3_600_000);

const key: SigningKey = {
  kid: 'Zm9vYmFyYmF6cXV4MTIzNA',
  issuerId: 'i',
  ring: 'jitsi',
  bits: 2048,
  stage: 'active',
  publicPem: '',
  createdAt: hour(-48),
  activatedAt: hour(-47),
  publishedAt: undefined,
  retiredAt: undefined,
};
const keys: readonly SigningKey[] = [
  { ...key, kid: 'next', stage: 'next', createdAt: NOW, activatedAt: undefined },
  key,
  { ...key, kid: 'old', stage: 'published', publishedAt: hour(0) },
  { ...key, kid: 'gone', stage: 'retired', publishedAt: hour(-9), retiredAt: hour(-1) },
  { ...key, kid: 'long', stage: 'retired', publishedAt: hour(-40), retiredAt: hour(-39) },
  { ...key, kid: 'never', stage: 'retired', activatedAt: undefined, retiredAt: hour(-39) },
];

/** With `text` wherever somebody else's text can stand. */
export function issuerSamples(text: string): SamplesOf<IssuerPages> {
  const issuer = anIssuer({ name: text, appId: text, iss: text });
  const head = { slug: 'main', name: text, mayWrite: true };
  const reader = { ...head, mayWrite: false };
  const machine = { curl: text, yaml: text };
  const redirectUris = ['https://meet.example.org/static/sso.html'];
  const popup = toClient({ clientId: 'jitsi', kind: 'jitsi', redirectUris });
  const choices = PLATFORMS.flatMap((platform) =>
    KEY_MODES.flatMap((keys) => GUESTS.map((guests) => ({ platform, keys, guests }))),
  );
  const names =
    'name slug serverUrl algorithm secret rsaBits tokenTtlSeconds nbfSkewSeconds delivery appId iss sub xmppDomain'.split(
      ' ',
    );
  const values = Object.fromEntries(names.map((name) => [name, text]));
  const right = { values, faults: {}, others: [] };
  const wrong = {
    values: { ...values, skipPrejoin: 'yes', anyRoom: 'yes' },
    faults: Object.fromEntries(names.map((name) => [name, true] as const)),
    others: [{ path: 'rooms[0].useRule', message: text }],
  };
  const fault = ruleFault({ message: text, hint: text, offset: 2 }, text);
  const rules = {
    values: { useRule: text, moderatorRule: text, 'lobby.bypass': text, match: text },
    faults: {},
    hasFeatures: false,
  };
  const wrongRules = {
    values: { ...rules.values, 'features.recording': text },
    faults: { useRule: fault, moderatorRule: fault, 'lobby.bypass': fault },
    hasFeatures: true,
  };
  const facts = {
    serverUrl: text,
    iss: text,
    appId: text,
    sub: text,
    algorithm: 'RS256',
    tokenTtlSeconds: 300,
    useRule: text,
    moderatorRule: text,
    policies: 2,
    secretChangedAt: undefined,
    loginAddress: text,
  };
  const edit = {
    issuer: head,
    form: right,
    etag: '"x"',
    usesSecret: false,
    secretChangedAt: undefined,
    now: NOW,
    isSecretWeak: false,
    warnings: [],
    changes: [],
    confirm: '',
    machine,
  };
  const ringNamed = (name: KeyRing) => ({
    name,
    keys: keys.map((one) =>
      timesOfKey(
        { ...one, kid: `${one.kid}-${name}`, ring: name },
        { longestTokenTtlSeconds: 300, now: NOW },
      ),
    ),
    nextRotationAt: hour(900),
    nextReadyAt: hour(1),
  });
  const calm = { nextReadyAt: undefined, nextRotationAt: undefined };
  const keysPage = {
    issuer: head,
    mayChangeKeys: true,
    usesSecret: false,
    now: NOW,
    rings: [ringNamed('jitsi'), ringNamed('oidc')],
    keyRotationDays: 90,
    problem: undefined,
    etag: '"x"',
    machine,
  };
  const everything = { address: text, reason: text, kid: text, found: text, expected: text };
  return {
    'issuer-new': [
      { form: right, rules },
      { form: wrong, rules: wrongRules },
    ],
    'issuer-overview': [
      {
        issuer: head,
        facts,
        now: NOW,
        warnings: standingWarnings({ ...issuer, serverUrl: undefined }),
        isSecretWeak: true,
        machine,
      },
      {
        issuer: reader,
        facts: {
          ...facts,
          serverUrl: undefined,
          moderatorRule: undefined,
          policies: 0,
          secretChangedAt: NOW,
        },
        now: NOW,
        warnings: [],
        isSecretWeak: false,
        machine,
      },
    ],
    'issuer-edit': [
      edit,
      { ...edit, issuer: reader },
      { ...edit, form: wrong, usesSecret: true, secretChangedAt: NOW, isSecretWeak: true },
      {
        ...edit,
        warnings: WARNINGS,
        changes: [{ field: 'iss', before: undefined, after: text }],
        confirm: 'iss_changed',
      },
    ],
    'issuer-rules': [
      { machine, issuer: head, preview: undefined, rules, features: FEATURES, etag: '"x"' },
      {
        machine,
        issuer: reader,
        preview: undefined,
        rules: wrongRules,
        features: FEATURES,
        etag: '"x"',
      },
    ],
    'issuer-mapping': [
      {
        machine,
        issuer: head,
        preview: undefined,
        mapping: { id: text, name: text, email: text, avatar: text },
        group: text,
        extraClaims: [
          { claim: text, value: text },
          { claim: '', value: '' },
        ],
        faults: {},
        etag: '"x"',
      },
      {
        machine,
        issuer: reader,
        preview: undefined,
        mapping: { id: text, name: undefined, email: undefined, avatar: undefined },
        group: undefined,
        extraClaims: [{ claim: text, value: text }],
        faults: { 'mapping.id': fault, [`extraClaims.${text}`]: fault },
        etag: '"x"',
      },
    ],
    'issuer-rooms': [
      {
        issuer: head,
        policies: [
          { match: text, useRule: text, moderatorRule: text, features: [text], lobbyBypass: text },
          {
            match: 'b*',
            useRule: undefined,
            moderatorRule: undefined,
            features: [],
            lobbyBypass: undefined,
          },
        ],
        etag: '"x"',
        machine,
      },
      { issuer: reader, policies: [], etag: '"x"', machine },
    ],
    'issuer-room': [
      {
        machine,
        issuer: head,
        preview: undefined,
        current: undefined,
        rules: { ...rules, values: {} },
        features: FEATURES,
        isMatchWrong: false,
        etag: '"x"',
      },
      {
        machine,
        issuer: head,
        preview: undefined,
        current: text,
        rules: wrongRules,
        features: FEATURES,
        isMatchWrong: true,
        etag: '"x"',
      },
    ],
    'issuer-keys': [
      keysPage,
      { ...keysPage, problem: { code: 'key_too_young', kid: '', at: NOW } },
      { ...keysPage, problem: { code: 'key_in_use', kid: text, at: NOW } },
      { ...keysPage, rings: keysPage.rings.map((ring) => ({ ...ring, ...calm })) },
      { ...keysPage, problem: { code: 'pem_wrong' }, keyRotationDays: undefined },
      { ...keysPage, problem: { code: 'days_wrong' } },
      { ...keysPage, issuer: reader, mayChangeKeys: false },
      { ...keysPage, usesSecret: true, rings: [{ name: 'oidc', ...calm, keys: [] }] },
    ],
    'issuer-check': [
      { issuer: head, address: text, publicUrl: text, findings: undefined },
      {
        issuer: head,
        address: undefined,
        publicUrl: text,
        findings: JITSI_FINDINGS.map((code) => finding(code, everything, [text])),
      },
    ],
    integration: choices.map((choice, index) => {
      const publicUrl = new URL(index === 1 ? 'http://localhost:3000' : 'https://auth.example.org');
      const known = {
        ...issuer,
        serverUrl: index === 2 ? undefined : issuer.serverUrl,
        clients: index % 2 === 0 ? [] : [popup],
      };
      const occasion = (['setup', 'declared'] as const)[index] ?? 'visit';
      return { ...guideFor(known, publicUrl, choice), occasion };
    }),
  };
}
