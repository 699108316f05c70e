import type { CheckedPerson, Directory } from '../../directory/directory.ts';
import type { TrialOutcome, TrialStep } from '../../domain/upstreams/trial.ts';
import type { LdapUpstream } from '../../domain/upstreams/upstream.ts';
import type { LiveUpstream } from '../issuer-catalog.ts';
import { type JudgeDeps, type JudgeInput, judgeAssertion } from './judge-assertion.ts';

export interface TryDirectoryDeps extends JudgeDeps {
  readonly directory: Pick<Directory, 'check'>;
}

export interface TryDirectoryInput extends Pick<JudgeInput, 'issuer' | 'room'> {
  readonly live: LiveUpstream & { readonly upstream: LdapUpstream };
  /** Without a name only the connection is tried. */
  readonly person: CheckedPerson;
}

/** Tries a directory step by step, up to the decision about a room. Writes nothing. */
export async function tryDirectory(
  deps: TryDirectoryDeps,
  { live, person, issuer, room }: TryDirectoryInput,
): Promise<TrialOutcome & { readonly steps: readonly TrialStep[] }> {
  const checked = await deps.directory.check(live, person);
  const steps = checked.steps.map(({ step, server, sent, received, fault }) => ({
    step,
    sent: sent === server ? sent : `${server} ${sent}`,
    received,
    fault,
  }));
  const { assertion } = checked;
  const { compiled } = live;
  const judgement =
    assertion && (await judgeAssertion(deps, { compiled, assertion, issuer, room }));
  return { steps, judgement };
}
