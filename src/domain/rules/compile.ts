/**
 * From the text of a rule or mapping to something that can be evaluated many times.
 *
 * @module
 */
import { faultText } from '../faults.ts';
import {
  asText,
  compile,
  type Evaluable,
  type EvaluableOrMistake,
  type Language,
  readConstant,
  wrongType,
} from './engine.ts';
import { MAPPING_USER_NAMES, MAPPINGS, RULE_USER_NAMES, RULES, run } from './environment.ts';
import type { RuleContext } from './facts.ts';

export interface RuleScope {
  /** Whether `tenant` may be read: only with `sub: tenant` does the token hold it. */
  readonly tenant: 'known' | 'unknown';
}

export type Compiled<Value> = Evaluable<Value, RuleContext>;
export type CompiledRule = Compiled<boolean>;
/** `undefined` when there is nothing to say. */
export type CompiledMapping = Compiled<string | undefined>;
export type Compilation<Value> = EvaluableOrMistake<Value, RuleContext>;

/** Compiles a use, moderator, feature or lobby rule. */
export function compileRule(source: string, scope: RuleScope): Compilation<boolean> {
  const constant = readConstant<RuleContext>(source);
  if (constant) return { ok: true, rule: constant };
  return compile(source, {
    ...EXCUSES,
    environment: RULES,
    audit: { tenant: scope.tenant, userNames: RULE_USER_NAMES },
    fits: (type) => type === 'bool' || type === 'dyn',
    wanted: 'wanted_boolean',
    run: (parsed, context) => run(parsed, context.ruleNames(), context),
    read: (value) => (typeof value === 'boolean' ? { value } : wrongType(value, 'wanted_boolean')),
  });
}

/** Compiles an entry of a mapping that is not just a name. */
export function compileExpression(
  source: string,
  scope: RuleScope,
): Compilation<string | undefined> {
  return compile<string | undefined, RuleContext>(source, {
    ...EXCUSES,
    environment: MAPPINGS,
    audit: { tenant: scope.tenant, userNames: MAPPING_USER_NAMES },
    fits: (type) => type === 'string' || type === 'dyn',
    wanted: 'wanted_string',
    run: (parsed, context) => run(parsed, context.mappingNames(), context),
    read: (value) => {
      const text = asText(value);
      return text === undefined ? wrongType(value, 'wanted_string') : { value: text };
    },
  });
}

const EXCUSES: Pick<Language<unknown, RuleContext>, 'excuse'> = {
  excuse(uses, { address }) {
    if (!uses.has('ip') && !uses.has('inNetwork()')) return undefined;
    if (address()) return undefined;
    return { code: 'address_unknown', message: faultText('address_unknown') };
  },
};
