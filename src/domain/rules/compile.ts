/**
 * From the text of a rule or mapping to something that can be evaluated many times.
 *
 * Nothing here throws: a mistake is a value with its place in the text, a failed evaluation is a
 * value with a code.
 *
 * @module
 */
import { faultText } from '../faults.ts';
import type { Environment } from '@marcbachmann/cel-js';
import { auditExpression } from './audit.ts';
import { MAPPING_USER_NAMES, MAPPINGS, RULE_USER_NAMES, RULES, run } from './environment.ts';
import type { RuleContext } from './facts.ts';
import { mistake, mistakeAt, mistakeFrom, type RuleMistake } from './mistake.ts';
import { type Reading, readingsOf } from './readings.ts';

/** UTF-16 units. */
const MAX_SOURCE = 4000;

export interface RuleScope {
  /** Whether `tenant` may be read: only with `sub: tenant` does the token hold it. */
  readonly tenant: 'known' | 'unknown';
}

export type RuleFailure =
  /** It needs `ip`, and the request has none that can be believed. */
  | 'address_unknown'
  /** It reads something this person does not have: `has(user.attributes.x)` asks first. */
  | 'value_missing'
  | 'type_wrong'
  | 'evaluation_failed';

export interface RuleError {
  readonly error: { readonly code: RuleFailure; readonly message: string };
}
export type RuleResult<Value> = { readonly value: Value } | RuleError;

export interface Compiled<Value> {
  readonly source: string;
  /** What it reads and calls: `room`, `user.groups`, `inGroup()`. */
  readonly uses: ReadonlySet<string>;
  /** Never throws. */
  evaluate(context: RuleContext): RuleResult<Value>;
  /** What its parts come to with these facts, in reading order. Never throws; for explaining. */
  read(context: RuleContext): readonly Reading[];
}
export type CompiledRule = Compiled<boolean>;
/** `undefined` when there is nothing to say. */
export type CompiledMapping = Compiled<string | undefined>;

export type Compilation<Value> =
  | { readonly ok: true; readonly rule: Compiled<Value> }
  | { readonly ok: false; readonly error: RuleMistake };

/** LemonLDAP::NG's constant rules. */
const CONSTANTS: Readonly<Record<string, boolean>> = {
  '1': true,
  '0': false,
  accept: true,
  deny: false,
};

/** Compiles a use, moderator, feature or lobby rule. */
export function compileRule(source: string, scope: RuleScope): Compilation<boolean> {
  const constant = Object.hasOwn(CONSTANTS, source.trim()) ? CONSTANTS[source.trim()] : undefined;
  if (constant !== undefined) {
    return { ok: true, rule: constantRule(source, { value: constant }) };
  }
  return compile(source, scope, {
    environment: RULES,
    userNames: RULE_USER_NAMES,
    types: ['bool', 'dyn'],
    wanted: 'wanted_boolean',
    names: 'ruleNames',
    read: (value) => (typeof value === 'boolean' ? { value } : wrongType(value, 'wanted_boolean')),
  });
}

export function constantRule(source: string, result: RuleResult<boolean>): CompiledRule {
  return { source, uses: new Set(), evaluate: () => result, read: () => [] };
}

/** Compiles an entry of a mapping that is not just a name. */
export function compileExpression(
  source: string,
  scope: RuleScope,
): Compilation<string | undefined> {
  return compile(source, scope, {
    environment: MAPPINGS,
    userNames: MAPPING_USER_NAMES,
    types: ['string', 'dyn'],
    wanted: 'wanted_string',
    names: 'mappingNames',
    read: (value) => {
      const text = asText(value);
      return text === undefined ? wrongType(value, 'wanted_string') : { value: text };
    },
  });
}

/** Strings as they are, numbers and booleans written out; anything else has no text. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean' || typeof value === 'number')
    return String(value);
  return undefined;
}

type Wanted = 'wanted_boolean' | 'wanted_string';

interface Kind<Value> {
  readonly environment: Environment;
  readonly userNames: readonly string[];
  readonly types: readonly string[];
  readonly wanted: Wanted;
  readonly names: 'ruleNames' | 'mappingNames';
  read(value: unknown): RuleResult<Value>;
}

function compile<Value>(source: string, scope: RuleScope, kind: Kind<Value>): Compilation<Value> {
  const refuse = (error: RuleMistake): Compilation<Value> => ({ ok: false, error });
  if (source.trim() === '') return refuse(mistake(source, faultText('rule_empty')));
  if (source.length > MAX_SOURCE) {
    const range = { start: MAX_SOURCE, end: source.length };
    return refuse(mistake(source, faultText('rule_too_long', { max: MAX_SOURCE }), range));
  }

  try {
    const parsed = kind.environment.parse(source);
    const { uses, fault } = auditExpression(parsed.ast, {
      tenant: scope.tenant,
      userNames: kind.userNames,
    });
    if (fault) return refuse(mistakeAt(source, fault));
    const checked = parsed.check();
    if (checked.error) return refuse(mistakeFrom(source, checked.error));
    const type = checked.type ?? 'dyn';
    if (!kind.types.includes(type)) {
      return refuse(mistake(source, faultText(kind.wanted, { type })));
    }

    const evaluate = (context: RuleContext): RuleResult<Value> => {
      try {
        return kind.read(run(parsed, context[kind.names](), context));
      } catch (error) {
        return { error: failure(error, uses, context) };
      }
    };
    const read = (context: RuleContext) =>
      readingsOf(parsed.ast, source, (part) => {
        try {
          return { value: run(kind.environment.parse(part), context[kind.names](), context) };
        } catch (error) {
          return { error: failure(error, uses, context) };
        }
      });
    return { ok: true, rule: { source, uses, evaluate, read } };
  } catch (error) {
    return refuse(mistakeFrom(source, error));
  }
}

function failure(
  error: unknown,
  uses: ReadonlySet<string>,
  { address }: RuleContext,
): RuleError['error'] {
  const { code, summary } = error as { code?: unknown; summary?: unknown };
  const message = typeof summary === 'string' ? summary : faultText('not_evaluated');
  if ((uses.has('ip') || uses.has('inNetwork()')) && !address()) {
    return { code: 'address_unknown', message: faultText('address_unknown') };
  }
  if (code === 'no_such_key') return { code: 'value_missing', message };
  return { code: 'evaluation_failed', message };
}

function wrongType(value: unknown, wanted: Wanted): RuleError {
  const type = Array.isArray(value) ? 'a list' : value === null ? 'null' : typeof value;
  return { error: { code: 'type_wrong', message: faultText(wanted, { type }) } };
}
