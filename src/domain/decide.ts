/**
 * Who may enter which room, as what: the one place where that is decided.
 *
 * Deny by default. A use rule that fails denies the token; a moderator, lobby or feature rule that
 * fails denies that right alone.
 *
 * @module
 */
import type { DenialCode } from './errors.ts';
import {
  defaultFeature,
  FEATURES,
  type Feature,
  type FeatureState,
  type FeatureStates,
  type Role,
} from './feature.ts';
import type { RuleFailure } from './rules/engine.ts';
import type { CompiledIssuer, CompiledRules, PlacedRule } from './rules/compiled-issuer.ts';
import { type Facts, type RuleContext, ruleContext } from './rules/facts.ts';
import { findStop, type TokenStop } from './token-stop.ts';
import { matchesWildcard } from './wildcard.ts';

export interface TraceEntry {
  /** Where the rule was written: `useRule`, `rooms[2].features.recording`. */
  readonly rule: string;
  readonly source: string;
  readonly outcome: 'hit' | 'miss' | 'error';
  /** What it reads and calls. */
  readonly uses: readonly string[];
  readonly code?: RuleFailure;
  readonly message?: string;
}

interface Judged {
  /** Path of the use rule that decided. */
  readonly rule: string;
  /** Index of the room policy that counted. */
  readonly policy: number | undefined;
  /** Every rule that was asked, in order. */
  readonly trace: readonly TraceEntry[];
}

export interface Allowed extends Judged {
  readonly outcome: 'allowed';
  readonly role: Role;
  /** Every feature Jitsi knows, when a feature rule is set. */
  readonly features: FeatureStates | undefined;
  /** `undefined` when no rule is set. */
  readonly lobbyBypass: boolean | undefined;
}

export interface Denied extends Judged {
  readonly outcome: 'denied';
  readonly reason: DenialCode;
  /** The stop, with `tokens_stopped`. */
  readonly stop?: TokenStop;
}

export type Decision = Allowed | Denied;

/** Never throws. */
export function decide(compiled: CompiledIssuer, facts: Facts): Decision {
  const index = compiled.rooms.findIndex(({ match }) => matchesWildcard(facts.room, match));
  const rules: CompiledRules = compiled.rooms[index] ?? compiled.rules;
  const trace: TraceEntry[] = [];
  const judged: Judged = {
    rule: rules.useRule.path,
    policy: index < 0 ? undefined : index,
    trace,
  };
  if (facts.user.disabledAt) return { outcome: 'denied', reason: 'user_disabled', ...judged };
  const stop = findStop(compiled.stops, facts);
  if (stop) return { outcome: 'denied', reason: 'tokens_stopped', stop, ...judged };

  const ask = asker(ruleContext(facts, compiled.issuer.slug), trace);
  const use = ask(rules.useRule);
  if (use.outcome !== 'hit') return { outcome: 'denied', reason: reasonOf(use), ...judged };

  const role = holds(rules.moderatorRule, ask) ? 'moderator' : 'participant';
  return {
    outcome: 'allowed',
    role,
    features: rules.features.size > 0 ? featureStates(rules.features, role, ask) : undefined,
    lobbyBypass: rules.lobbyBypass && holds(rules.lobbyBypass, ask),
    ...judged,
  };
}

type Ask = (placed: PlacedRule) => TraceEntry;

function asker(context: RuleContext, trace: TraceEntry[]): Ask {
  return ({ path, rule }) => {
    const result = rule.evaluate(context);
    const asked = { rule: path, source: rule.source, uses: [...rule.uses] };
    const entry: TraceEntry =
      'error' in result
        ? { ...asked, outcome: 'error', ...result.error }
        : { ...asked, outcome: result.value ? 'hit' : 'miss' };
    trace.push(entry);
    return entry;
  };
}

function holds(placed: PlacedRule | undefined, ask: Ask): boolean {
  return placed !== undefined && ask(placed).outcome === 'hit';
}

function reasonOf({ outcome, code }: TraceEntry): DenialCode {
  if (outcome === 'miss') return 'use_rule_false';
  return code === 'address_unknown' ? 'address_unknown' : 'use_rule_error';
}

function featureStates(
  rules: ReadonlyMap<Feature, PlacedRule>,
  role: Role,
  ask: Ask,
): FeatureStates {
  const stateOf = (feature: Feature): FeatureState => {
    const rule = rules.get(feature);
    if (!rule) return defaultFeature(role, feature);
    return holds(rule, ask) ? 'true' : 'false';
  };
  const entries = FEATURES.map((feature) => [feature, stateOf(feature)] as const);
  return Object.fromEntries(entries) as Record<Feature, FeatureState>;
}
