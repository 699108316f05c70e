/**
 * The test of an OpenID provider. Somebody must sign in there for it, so it has two halves: up to
 * the way there, and from the way back on.
 *
 * @module
 */
import { tokenHash } from '../../crypto/digest.ts';
import type { RecordedParties } from '../../directory/oidc/recorder.ts';
import type { Random } from '../../domain/clock.ts';
import { type AnyDomainError, isDomainError } from '../../domain/errors.ts';
import {
  type TrialOutcome,
  type TrialStep,
  TRIAL_SECONDS,
  type UpstreamTrial,
} from '../../domain/upstreams/trial.ts';
import { callbackPath } from '../../domain/upstreams/upstream.ts';
import type { Stores } from '../../stores/index.ts';
import { type JudgeDeps, judgeAssertion } from './judge-assertion.ts';
import type { FinishedLogin } from './finish-login.ts';
import type { LiveOidcUpstream } from './live-oidc.ts';

export interface TryProviderDeps extends JudgeDeps {
  readonly stores: JudgeDeps['stores'] & Pick<Stores, 'upstreamTrials'>;
  readonly random: Random;
  readonly recordedParties: () => RecordedParties;
  readonly publicUrl: () => URL;
}

export interface TryProviderInput {
  readonly live: LiveOidcUpstream;
  readonly issuer: string;
  readonly room: string;
  /** Who asked; nobody at a terminal. */
  readonly userId: string | undefined;
}

export interface BegunTrial {
  readonly trial: UpstreamTrial;
  /** Begins the sign-in there; absent when nobody can. */
  readonly token: string | undefined;
}

/** Asks the provider what it says of itself. Whoever has the token signs in there for the test. */
export async function beginTrial(
  { stores, clock, random, recordedParties, publicUrl }: TryProviderDeps,
  { live, issuer, room, userId }: TryProviderInput,
): Promise<BegunTrial> {
  const { parties, steps, maskAddress } = recordedParties();
  const way = await askTheWay(async () => {
    const location = await parties.ask(live, {
      redirectUri: publicUrl().origin + callbackPath(live.upstream),
      state: '',
      nonce: '',
      verifier: random.token(),
      loginHint: undefined,
      fresh: false,
    });
    return maskAddress(location);
  });
  const now = clock.now();
  const token = random.token();
  const trial: UpstreamTrial = {
    id: random.uuid(),
    upstreamId: live.upstream.id,
    userId,
    issuer,
    room,
    steps: [...steps, way],
    outcome: way.fault === undefined ? undefined : { judgement: undefined },
    createdAt: now,
    expiresAt: new Date(now.getTime() + TRIAL_SECONDS * 1000),
  };
  await stores.upstreamTrials.add(trial, tokenHash(token));
  return { trial, token: trial.outcome ? undefined : token };
}

/** What came back, and what would come of it. */
export async function finishTrial(
  deps: TryProviderDeps,
  { trial, finished }: { readonly trial: UpstreamTrial; readonly finished: FinishedLogin },
): Promise<void> {
  const { live, callback, outcome, steps } = finished;
  const known = new Set(trial.steps.map(({ step }) => step));
  const all: TrialStep[] = [
    ...trial.steps,
    {
      step: 'callback',
      sent: '',
      received: deps.recordedParties().maskAddress(callback),
      fault: undefined,
    },
    ...steps.filter(({ step, fault }) => fault !== undefined || !known.has(step)),
  ];
  let judged: TrialOutcome = { judgement: undefined };
  if (outcome.kind === 'failed') all.push(faultStep(outcome.error));
  else {
    const { assertion } = outcome.proven;
    const { issuer, room } = trial;
    const { compiled } = live;
    judged = { judgement: await judgeAssertion(deps, { compiled, assertion, issuer, room }) };
  }
  await deps.stores.upstreamTrials.finish(trial.id, all, judged);
}

/** What was about to be sent, or why it cannot be. */
async function askTheWay(work: () => Promise<string>): Promise<TrialStep> {
  const step = 'authorization';
  try {
    return { step, sent: await work(), received: '', fault: undefined };
  } catch (error) {
    if (!isDomainError(error)) throw error;
    return { ...faultStep(error), step };
  }
}

function faultStep(error: AnyDomainError): TrialStep {
  const { code, details } = error;
  if (code === 'upstream_refused')
    return { step: 'sign_in', sent: '', received: details.error, fault: code };
  const fault = details && 'fault' in details ? details.fault : code;
  const detail = details && 'detail' in details ? details.detail : '';
  return { step: 'sign_in', sent: '', received: detail, fault };
}
