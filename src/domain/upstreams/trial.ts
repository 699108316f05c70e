/**
 * A test of an upstream: what was sent and received, and what would come of it. Nobody is signed in
 * and nothing is written of a person.
 *
 * @module
 */
import type { MappingFault, PersonDraft } from './map-assertion.ts';
import { OIDC_FAULTS } from './oidc-fault.ts';
import type { UpstreamClaims } from './upstream.ts';

export interface TrialStep {
  /** Ends the key of its words: `trial.step.discovery`. */
  readonly step: TrialStepName;
  /** Secrets and tokens are masked, here and below. */
  readonly sent: string;
  readonly received: string;
  /** `undefined` when it went well; ends the key of its cause. */
  readonly fault: string | undefined;
}

/** Of a directory, in this order. */
export const DIRECTORY_STEPS = [
  'resolve',
  'connect',
  'tls',
  'bind',
  'people',
  'groups',
  'person',
  'password',
] as const;
export type DirectoryStepName = (typeof DIRECTORY_STEPS)[number];

export const TRIAL_STEPS = [
  ...DIRECTORY_STEPS,
  'discovery',
  'authorization',
  'callback',
  'token',
  'keys',
  'userinfo',
  'request',
  'sign_in',
] as const;
export type TrialStepName = (typeof TRIAL_STEPS)[number];

/** Some codes are of both kinds of upstream, and come from something else in each. */
export function isOidcFault({ step, fault }: Pick<TrialStep, 'step' | 'fault'>): boolean {
  const isLdap = DIRECTORY_STEPS.some((one) => one === step);
  return !isLdap && OIDC_FAULTS.some((one) => one === fault);
}

export interface TrialJudgement {
  readonly claims: UpstreamClaims;
  readonly subject: string;
  readonly faults: readonly MappingFault[];
  /** What the mapping makes of the claims; absent when that is nobody. */
  readonly draft: PersonDraft | undefined;
  readonly person: {
    readonly outcome: 'create' | 'link' | 'change' | 'keep' | 'refused';
    /** Why not. */
    readonly reason: string | undefined;
    /** Of the account there is. */
    readonly username: string | undefined;
    /** What is taken, or could not be used. */
    readonly about: readonly string[];
  };
  /** Absent when nobody would be signed in. */
  readonly decision:
    | {
        readonly issuer: string;
        readonly room: string;
        readonly outcome: 'allowed' | 'denied';
        /** Role, or why not. */
        readonly reason: string;
      }
    | undefined;
}

/** Absent: it did not come that far. */
export type TrialOutcome = { readonly judgement: TrialJudgement | undefined };

export interface UpstreamTrial {
  /** UUID. */
  readonly id: string;
  readonly upstreamId: string;
  /** Who asked; nobody at a terminal. */
  readonly userId: string | undefined;
  /** Slug. */
  readonly issuer: string;
  readonly room: string;
  readonly steps: readonly TrialStep[];
  /** Absent while it waits for somebody to sign in there. */
  readonly outcome: TrialOutcome | undefined;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** The first thing that is wrong with a test that has come to its end, or stopped before it. */
export type TrialWrong =
  /** `cause`: the step whose fault says why. */
  | { readonly kind: 'step'; readonly nth: number; readonly cause: number }
  | { readonly kind: 'person'; readonly reason: string }
  | { readonly kind: 'decision'; readonly reason: string };

export function firstWrong({
  steps,
  outcome,
}: Pick<UpstreamTrial, 'steps' | 'outcome'>): TrialWrong | undefined {
  const nth = steps.findIndex(({ fault }) => fault !== undefined);
  if (nth >= 0) {
    // A status says little: what was made of it stands in the step after it.
    const isStatus = steps[nth]?.fault === 'status_unexpected';
    const judged = isStatus ? steps.findIndex((step, at) => at > nth && isOidcFault(step)) : -1;
    return { kind: 'step', nth, cause: Math.max(nth, judged) };
  }
  const { person, decision } = outcome?.judgement ?? {};
  if (person?.outcome === 'refused') return { kind: 'person', reason: person.reason ?? '' };
  if (decision?.outcome === 'denied') return { kind: 'decision', reason: decision.reason };
  return undefined;
}

export const TRIAL_SECONDS = 3600;

/** Where whoever asked for it reads what came of it. */
export function trialPath(slug: string, id: string): string {
  return `/admin/upstreams/${slug}/test/${id}`;
}

/** The id of the trial that a path leads to. */
export function trialIdIn(path: string): string | undefined {
  return /^\/admin\/upstreams\/[a-z0-9-]+\/test\/([\da-f-]{36})$/.exec(path)?.[1];
}
