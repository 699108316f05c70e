import { UPSTREAM_TYPES, type UpstreamType } from '../../../src/domain/upstreams/upstream.ts';
import { fieldsOf } from '../../../src/doors/admin-ui/upstreams/fields.ts';
import { firstValues, upstreamForm } from '../../../src/doors/admin-ui/upstreams/form.ts';
import { showTrial } from '../../../src/http/show-trial.ts';
import { TRIAL_STEPS, type TrialStepName } from '../../../src/domain/upstreams/trial.ts';
import type { UpstreamPages } from '../../../src/http/page-contexts/upstreams.ts';
import { syncCards, syncCardSample } from './upstream-syncs.ts';
import type { SamplesOf } from './samples-of.ts';

/** With `text` wherever somebody else's text can stand. */
export function upstreamSamples(text: string): SamplesOf<UpstreamPages> {
  const machine = { curl: text, yaml: text };
  const subject = (type: UpstreamType) => ({ slug: 'company', name: text, type, disabled: true });
  const page = (type: UpstreamType) => {
    const names = ['slug', ...fieldsOf(type).map(({ name }) => name)];
    const values = Object.fromEntries(names.map((name) => [name, text]));
    const issues = names.map((path) => ({ path, message: text, hint: text }));
    return {
      type,
      etag: '"x"',
      mayWrite: true,
      people: 12_345,
      callbackUrl:
        type === 'oidc' ? 'https://auth.example.org/upstream/company/callback' : undefined,
      machine,
      current: subject(type),
      form: upstreamForm(type, values, { issues }),
      sync: type === 'ldap' ? syncCardSample(text) : undefined,
    };
  };
  const fresh = (type: UpstreamType) => ({
    ...page(type),
    current: undefined,
    sync: undefined,
    form: upstreamForm(type, firstValues(type), {}),
    machine: undefined,
  });
  const list = { mayWrite: true, machine };
  const step = (name: TrialStepName, fault?: string) => ({
    step: name,
    sent: text,
    received: text,
    fault,
  });
  const judgement = {
    claims: { sub: text, groups: [text] },
    subject: text,
    faults: [{ path: text, code: 'value_unusable' as const, message: text }],
    draft: {
      username: text,
      displayName: text,
      email: text,
      avatarUrl: undefined,
      attributes: { department: text },
      groups: [text],
    },
    person: { outcome: 'keep' as const, reason: undefined, username: text, about: [] },
    decision: { issuer: 'main', room: text, outcome: 'allowed' as const, reason: 'moderator' },
  };
  const refused = {
    outcome: 'refused' as const,
    reason: 'name_taken',
    username: text,
    about: [text],
  };
  const test = {
    current: subject('ldap'),
    issuers: [['main', text]] as const,
    values: { issuer: 'main', room: text, login: text },
    fault: undefined,
    signInHref: undefined,
    trial: undefined,
  };
  const trials = [
    showTrial({
      steps: [step('connect'), step('bind', 'bind_refused')],
      outcome: { judgement: undefined },
    }),
    showTrial({ steps: TRIAL_STEPS.map((name) => step(name)), outcome: { judgement } }),
    showTrial({
      steps: [step('discovery'), step('sign_in', 'audience_wrong')],
      outcome: { judgement: { ...judgement, person: refused, decision: undefined } },
    }),
  ];
  return {
    'admin-upstream-test': [
      test,
      { ...test, fault: 'room_invalid' },
      ...trials.map((trial) => ({ ...test, trial })),
      {
        ...test,
        current: subject('oidc'),
        signInHref: '/upstream/company/login?test=x',
        trial: showTrial({ steps: [step('discovery')], outcome: undefined }),
      },
    ],
    'admin-upstreams': [
      {
        ...list,
        upstreams: UPSTREAM_TYPES.map((type) => ({ ...subject(type), host: text, people: 3 })),
      },
      { ...list, mayWrite: false, upstreams: [] },
    ],
    'admin-upstream': [
      ...UPSTREAM_TYPES.flatMap((type) => [page(type), fresh(type)]),
      { ...page('oidc'), mayWrite: false },
      ...syncCards(text).map((sync) => ({ ...page('ldap'), sync })),
    ],
  };
}
