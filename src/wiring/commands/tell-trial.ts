import { onOneLine } from '../../domain/one-line.ts';
import {
  firstWrong,
  isOidcFault,
  type TrialJudgement,
  type TrialStep,
  type TrialWrong,
  type UpstreamTrial,
} from '../../domain/upstreams/trial.ts';
import type { Wording } from '../../http/messages.ts';
import type { Answer } from './command.ts';

type Text = Wording['text'];

/** What came of a test of an upstream, with the words of the pages. */
export function tellTrial(
  { steps, outcome }: Pick<UpstreamTrial, 'steps' | 'outcome'>,
  { text }: Pick<Wording, 'text'>,
): Answer {
  const wrong = firstWrong({ steps, outcome });
  const judgement = outcome?.judgement;
  const ok = wrong === undefined && outcome !== undefined;
  const lines = [
    ...steps.flatMap((step, nth) => tellStep(step, nth, text)),
    ...(judgement ? tellJudgement(judgement, text) : []),
    outcome ? tellEnd(wrong, steps, text) : text('trial.waits'),
  ];
  return { ok, lines: lines.map(onOneLine), json: { ok, steps, wrong, judgement } };
}

function tellStep(step: TrialStep, nth: number, text: Text): readonly string[] {
  const well = text(step.fault === undefined ? 'trial.right' : 'trial.wrong');
  const line = `${nth + 1}. ${text(`trial.step.${step.step}`)}: ${well}`;
  if (step.fault === undefined) return [line];
  const shown = [
    ['trial.sent', step.sent],
    ['trial.received', step.received],
  ] as const;
  return [
    line,
    ...shown.flatMap(([key, value]) =>
      value === '' ? [] : [`   ${text(key)}:`, ...value.split('\n').map((part) => `     ${part}`)],
    ),
    `   ${causeOf(step, text)}`,
  ];
}

export function causeOf(at: Pick<TrialStep, 'step' | 'fault'>, text: Text): string {
  const { fault = '' } = at;
  if (!isOidcFault(at)) return text(`trial.cause.${fault}`);
  return `${text(`upstream_fault.${fault}.what`)} ${text(`upstream_fault.${fault}.cause`)}`;
}

function tellJudgement(
  { claims, subject, faults, draft, person, decision }: TrialJudgement,
  text: Text,
): readonly string[] {
  const whose = person.username === undefined ? '' : ` ${person.username}`;
  return [
    '',
    `${text('trial.subject')} ${subject}`,
    `${text('trial.claims')}:`,
    ...json(claims),
    `${text('trial.mapped')}:`,
    ...(draft ? json(draft) : []),
    ...faults.map(({ path, message }) => `  ${path}: ${message}`),
    '',
    `${text(`trial.person.${person.outcome}`)}${whose}`,
    ...(person.reason === undefined
      ? []
      : [[text(`trial.refused.${person.reason}`), ...person.about].join(' ')]),
    ...(decision
      ? [
          `${text('trial.decision', { room: decision.room })} ` +
            `${text(`trial.decision.${decision.outcome}`)} ${decision.reason}`,
        ]
      : []),
  ];
}

const json = (value: unknown) =>
  JSON.stringify(value, undefined, 2)
    .split('\n')
    .map((line) => `  ${line}`);

function tellEnd(wrong: TrialWrong | undefined, steps: readonly TrialStep[], text: Text): string {
  if (wrong === undefined) return text('trial.good');
  if (wrong.kind === 'person') return text(`trial.refused.${wrong.reason}`);
  if (wrong.kind === 'decision') return `${text('trial.decision.denied')} ${wrong.reason}`;
  const [step, judged] = [steps[wrong.nth], steps[wrong.cause]];
  if (!step || !judged) throw new Error('a step that is not there');
  const at = text('trial.wrong_at', { step: text(`trial.step.${step.step}`) });
  return `${at} ${causeOf(judged, text)}`;
}
