import {
  firstWrong,
  isOidcFault,
  type TrialOutcome,
  type TrialStep,
} from '../domain/upstreams/trial.ts';
import type { ShownTrial } from './page-contexts/upstreams.ts';

/** What came of a test, for a page. */
export function showTrial({
  steps,
  outcome,
}: {
  readonly steps: readonly TrialStep[];
  readonly outcome: TrialOutcome | undefined;
}): ShownTrial {
  const judgement = outcome?.judgement;
  const { decision, person } = judgement ?? {};
  const isThere = person && person.outcome !== 'create' && person.outcome !== 'refused';
  return {
    steps: steps.map((step) => ({ ...step, isOidcFault: isOidcFault(step) })),
    wrong: firstWrong({ steps, outcome }),
    waits: outcome === undefined,
    judgement,
    claims: JSON.stringify(judgement?.claims ?? {}, undefined, 2),
    draft: JSON.stringify(judgement?.draft ?? {}, undefined, 2),
    explainHref: isThere && decision ? explainHref(person.username ?? '', decision) : undefined,
  };
}

function explainHref(user: string, { issuer, room }: { issuer: string; room: string }): string {
  return `/admin/explain?${new URLSearchParams({ issuer, user, room }).toString()}`;
}
