/**
 * Everything an issuer's author may get wrong in rules, mappings and room policies, told at once.
 *
 * Paths are those of the configuration file: `useRule`, `rooms[2].features.recording`,
 * `mapping.name`, `lobby.bypass`.
 *
 * @module
 */
import { faultText } from '../faults.ts';
import { FEATURES, type Feature, isFeature } from '../feature.ts';
import type { Issuer, RoomRules } from '../issuer.ts';
import { nearest } from '../nearest.ts';
import { claimPathFault, claimPathsCollide } from './claim-path.ts';
import { stopsOfIssuer, type TokenStop } from '../token-stop.ts';
import { type Compilation, compileRule, type RuleScope } from './compile.ts';
import { compileMapping } from './compile-mapping.ts';
import type {
  CompiledClaim,
  CompiledIssuer,
  CompiledPolicy,
  CompiledRules,
  PlacedRule,
} from './compiled-issuer.ts';
import { constantRule } from './engine.ts';
import { mistake, type RuleMistake } from './mistake.ts';

export interface IssuerMistake extends RuleMistake {
  readonly path: string;
}

export type IssuerCompilation =
  | { readonly ok: true; readonly compiled: CompiledIssuer }
  | { readonly ok: false; readonly errors: readonly IssuerMistake[] };

/**
 * Never throws.
 *
 * @param stops Those in force, of this and other issuers.
 */
export function compileIssuer(issuer: Issuer, stops: readonly TokenStop[] = []): IssuerCompilation {
  const errors: IssuerMistake[] = [];
  const report: Report = (path, error) => {
    errors.push({ path, ...error });
  };
  const scope: RuleScope = { tenant: issuer.sub === 'tenant' ? 'known' : 'unknown' };

  checkSub(issuer, report);
  const own = compileRules(issuer, { prefix: '', scope, report });
  const rules: CompiledRules = { ...own, useRule: own.useRule ?? NOBODY };
  const rooms = issuer.rooms.map((policy, index): CompiledPolicy => {
    const prefix = `rooms[${index}].`;
    checkMatch(policy.match, `${prefix}match`, report);
    const { useRule, moderatorRule, lobbyBypass, features } = compileRules(policy, {
      prefix,
      scope,
      report,
    });
    return {
      match: policy.match,
      useRule: useRule ?? rules.useRule,
      moderatorRule: moderatorRule ?? rules.moderatorRule,
      lobbyBypass: lobbyBypass ?? rules.lobbyBypass,
      features: new Map([...rules.features, ...features]),
    };
  });
  const claims = compileClaims(issuer, scope, report);

  return errors.length > 0
    ? { ok: false, errors }
    : {
        ok: true,
        compiled: { issuer, rules, rooms, claims, stops: stopsOfIssuer(stops, issuer.id) },
      };
}

type Report = (path: string, error: RuleMistake) => void;
interface Place {
  /** `rooms[2].`, or nothing. */
  readonly prefix: string;
  readonly scope: RuleScope;
  readonly report: Report;
}
/** Stands in for a use rule that does not compile; such an issuer is never handed out. */
const NOBODY: PlacedRule = {
  path: 'useRule',
  rule: constantRule('0', { value: false }),
};

function compileRules(rules: RoomRules, { prefix, scope, report }: Place) {
  const place = (name: string, source: string | undefined): PlacedRule | undefined => {
    const path = `${prefix}${name}`;
    const rule = source === undefined ? undefined : taken(compileRule(source, scope), path, report);
    return rule && { path, rule };
  };

  const useRule = place('useRule', rules.useRule);
  const moderatorRule = place('moderatorRule', rules.moderatorRule);
  const features = new Map<Feature, PlacedRule>();
  for (const [name, source] of Object.entries(rules.features ?? {})) {
    const rule = place(`features.${name}`, source);
    if (!isFeature(name)) report(`${prefix}features.${name}`, unknownFeature(name));
    else if (rule) features.set(name, rule);
  }
  return {
    useRule,
    moderatorRule,
    features,
    lobbyBypass: place('lobby.bypass', rules.lobbyBypass),
  };
}

function compileClaims(issuer: Issuer, scope: RuleScope, report: Report): CompiledClaim[] {
  const entries = [
    ...Object.entries(issuer.mapping).map(
      ([name, source]) => [`mapping.${name}`, `context.user.${name}`, source] as const,
    ),
    ...(issuer.group === undefined ? [] : [['group', 'context.group', issuer.group] as const]),
  ];
  const extra = Object.entries(issuer.extraClaims).map(
    ([claim, source]) => [`extraClaims.${claim}`, claim, source] as const,
  );
  for (const [index, [path, claim]] of extra.entries()) {
    const fault = claimPathFault(claim);
    const rival = [...entries, ...extra.slice(0, index)].find(([, other]) =>
      claimPathsCollide(claim, other),
    );
    if (fault !== undefined) report(path, mistake(claim, fault));
    else if (rival)
      report(path, mistake(claim, faultText('claim_taken', { claim, entry: rival[0] })));
  }

  const claims: CompiledClaim[] = [];
  for (const [path, claim, source] of [...entries, ...extra]) {
    const mapping = taken(compileMapping(source, scope), path, report);
    if (mapping) claims.push({ entry: path, path: claim.split('.'), mapping });
  }
  return claims;
}

function taken<Value>(compilation: Compilation<Value>, path: string, report: Report) {
  if (compilation.ok) return compilation.rule;
  report(path, compilation.error);
  return undefined;
}

function unknownFeature(name: string): RuleMistake {
  const near = nearest(name, FEATURES);
  const hint =
    near === undefined
      ? faultText('hint_known', { names: FEATURES.join(', ') })
      : faultText('hint_nearest', { name: near });
  return mistake(name, faultText('unknown_feature', { name }), undefined, hint);
}

function checkSub({ sub, xmppDomain }: Issuer, report: Report): void {
  const fixed = sub !== '*' && sub !== 'tenant';
  if (fixed && !DOMAIN.test(sub)) {
    report('sub', mistake(sub, faultText('sub_wrong')));
  }
  if (xmppDomain === undefined) return;
  if (!DOMAIN.test(xmppDomain)) {
    report('xmppDomain', mistake(xmppDomain, faultText('xmpp_domain_wrong')));
  } else if (sub !== 'tenant') {
    report('xmppDomain', mistake(xmppDomain, faultText('xmpp_domain_unused')));
  }
}

const DOMAIN = /^[a-z0-9](?:[a-z0-9._-]{0,251}[a-z0-9])?$/;

const MATCH_MAX = 200;

function checkMatch(match: string, path: string, report: Report): void {
  const usual = match.normalize('NFKC').toLowerCase();
  if (match.trim() === '') report(path, mistake(match, faultText('match_empty')));
  else if (/^\.{1,2}$/.test(match)) report(path, mistake(match, faultText('only_dots')));
  else if (match.length > MATCH_MAX)
    report(path, mistake(match, faultText('match_too_long', { max: MATCH_MAX })));
  else if (/[/\\?#[\]\p{Cc}]/u.test(match))
    report(
      path,
      mistake(match, faultText('match_characters'), undefined, faultText('hint_wildcard')),
    );
  else if (match !== usual)
    report(
      path,
      mistake(
        match,
        faultText('match_upper_case'),
        undefined,
        faultText('hint_write', { text: usual }),
      ),
    );
}
