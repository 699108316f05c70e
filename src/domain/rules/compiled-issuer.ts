import type { Feature } from '../feature.ts';
import type { Issuer } from '../issuer.ts';
import type { TokenStop } from '../token-stop.ts';
import type { CompiledMapping, CompiledRule } from './compile.ts';

/** A rule that knows where it was written: `useRule`, `rooms[2].features.recording`. */
export interface PlacedRule {
  readonly path: string;
  readonly rule: CompiledRule;
}

/** Rules as they stand after what a policy leaves out was filled with the issuer's own. */
export interface CompiledRules {
  readonly useRule: PlacedRule;
  readonly moderatorRule: PlacedRule | undefined;
  readonly lobbyBypass: PlacedRule | undefined;
  /** Empty when the token shall not name features. */
  readonly features: ReadonlyMap<Feature, PlacedRule>;
}

export interface CompiledPolicy extends CompiledRules {
  readonly match: string;
}

export interface CompiledClaim {
  /** Where the mapping was written: `mapping.name`, `extraClaims.context.user.department`. */
  readonly entry: string;
  /** `['context', 'user', 'name']`. */
  readonly path: readonly string[];
  readonly mapping: CompiledMapping;
}

/** An issuer whose rules and mappings are known to be sound. */
export interface CompiledIssuer {
  readonly issuer: Issuer;
  readonly rules: CompiledRules;
  readonly rooms: readonly CompiledPolicy[];
  readonly claims: readonly CompiledClaim[];
  /** Whatever the rules say. */
  readonly stops: readonly TokenStop[];
}
