/**
 * A decision laid open: which policy counted, what every rule said, and what it saw.
 *
 * Nothing is decided here. The decision is `decide`'s own; what stands beside it is read from its
 * trace, so the two cannot disagree.
 *
 * @module
 */
import { type Decision, decide } from '../decide.ts';
import type { Feature, FeatureState } from '../feature.ts';
import type { CompiledIssuer, CompiledRules, PlacedRule } from '../rules/compiled-issuer.ts';
import { type Facts, type RuleContext, ruleContext } from '../rules/facts.ts';
import type { Reading } from '../rules/readings.ts';
import { matchesWildcard } from '../wildcard.ts';

export interface DecisionExplanation {
  readonly decision: Decision;
  /** In the order they are tried; the first that matches counts. */
  readonly policies: readonly PolicyTried[];
  /** Every rule that has a say here, in the order they are asked. */
  readonly rules: readonly RuleExplained[];
  /** Empty when the token names no features, or there is no token. */
  readonly features: readonly FeatureExplained[];
}

export interface PolicyTried {
  readonly index: number;
  readonly match: string;
  readonly outcome: 'matched' | 'missed' | 'not_reached';
}

export interface RuleExplained {
  /** `use`, `moderator`, `lobby`, or the feature it is for. */
  readonly kind: 'use' | 'moderator' | 'lobby' | 'feature';
  readonly feature?: Feature;
  /** Where it was written: `useRule`, `rooms[2].features.recording`. */
  readonly path: string;
  /** The policy it stands in; `undefined` for the issuer's own. */
  readonly policy: number | undefined;
  readonly source: string;
  readonly outcome: 'hit' | 'miss' | 'error' | 'not_reached';
  /** Of an error. */
  readonly code?: string;
  readonly message?: string;
  /** Empty for rules that were not asked. */
  readonly readings: readonly Reading[];
}

export interface FeatureExplained {
  readonly feature: Feature;
  readonly state: FeatureState;
  /** Path of its rule; `undefined` for what Jitsi gives that role by itself. */
  readonly rule: string | undefined;
}

/** Never throws. */
export function explainDecision(compiled: CompiledIssuer, facts: Facts): DecisionExplanation {
  const decision = decide(compiled, facts);
  const rules =
    (decision.policy === undefined ? undefined : compiled.rooms[decision.policy]) ?? compiled.rules;
  const context = ruleContext(facts, compiled.issuer.slug);
  return {
    decision,
    policies: policiesTried(compiled, facts.room, decision.policy),
    rules: rulesWithSay(rules).map((one) => explainRule(one, decision, context)),
    features: featuresExplained(decision, rules),
  };
}

function policiesTried(
  { rooms }: CompiledIssuer,
  room: string,
  counted: number | undefined,
): readonly PolicyTried[] {
  return rooms.map(({ match }, index) => {
    const reached = counted === undefined || index <= counted;
    const outcome = matchesWildcard(room, match) ? 'matched' : 'missed';
    return { index, match, outcome: reached ? outcome : 'not_reached' };
  });
}

type WithSay = Pick<RuleExplained, 'kind' | 'feature'> & { readonly placed: PlacedRule };

function rulesWithSay(rules: CompiledRules): readonly WithSay[] {
  const { useRule, moderatorRule, features, lobbyBypass } = rules;
  return [
    { kind: 'use', placed: useRule },
    ...(moderatorRule ? [{ kind: 'moderator' as const, placed: moderatorRule }] : []),
    ...[...features].map(([feature, placed]) => ({ kind: 'feature' as const, feature, placed })),
    ...(lobbyBypass ? [{ kind: 'lobby' as const, placed: lobbyBypass }] : []),
  ];
}

function explainRule(
  { placed, ...what }: WithSay,
  { trace }: Decision,
  context: RuleContext,
): RuleExplained {
  const { path, rule } = placed;
  const asked = trace.find((entry) => entry.rule === path);
  const about = { ...what, path, policy: policyOf(path), source: rule.source };
  if (!asked) return { ...about, outcome: 'not_reached', readings: [] };
  return {
    ...about,
    outcome: asked.outcome,
    ...(asked.code === undefined ? {} : { code: asked.code }),
    ...(asked.message === undefined ? {} : { message: asked.message }),
    readings: rule.read(context),
  };
}

/** `rooms[2].useRule` → 2. */
export function policyOf(path: string): number | undefined {
  const index = /^rooms\[(\d+)\]\./.exec(path)?.[1];
  return index === undefined ? undefined : Number(index);
}

function featuresExplained(decision: Decision, rules: CompiledRules): readonly FeatureExplained[] {
  if (decision.outcome === 'denied' || !decision.features) return [];
  return Object.entries(decision.features).map(([name, state]) => {
    const feature = name as Feature;
    return { feature, state, rule: rules.features.get(feature)?.path };
  });
}
