/**
 * What the engine makes of a text, whatever it may read: rules, mappings, and what an upstream's
 * claims come to are compiled by this.
 *
 * Nothing here throws: a mistake is a value with its place in the text, a failed evaluation is a
 * value with a code.
 *
 * @module
 */
import type { Environment, ParseResult } from '@marcbachmann/cel-js';
import { faultText } from '../faults.ts';
import { type AuditLimits, auditExpression } from './audit.ts';
import { type HintForName, mistake, mistakeAt, mistakeFrom, type RuleMistake } from './mistake.ts';
import { type Reading, readingsOf } from './readings.ts';

/** UTF-16 units. */
const MAX_SOURCE = 4000;

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

export interface Evaluable<Value, Context> {
  readonly source: string;
  /** What it reads and calls: `room`, `user.groups`, `inGroup()`. */
  readonly uses: ReadonlySet<string>;
  /** Never throws. */
  evaluate(context: Context): RuleResult<Value>;
  /** What its parts come to with these facts, in reading order. Never throws; for explaining. */
  read(context: Context): readonly Reading[];
}

export type EvaluableOrMistake<Value, Context> =
  | { readonly ok: true; readonly rule: Evaluable<Value, Context> }
  | { readonly ok: false; readonly error: RuleMistake };

/** LemonLDAP::NG's constant rules. */
const CONSTANTS: Readonly<Record<string, boolean>> = {
  '1': true,
  '0': false,
  accept: true,
  deny: false,
};

/** The rule, if it is one of LemonLDAP::NG's constants. */
export function readConstant<Context>(source: string): Evaluable<boolean, Context> | undefined {
  const word = source.trim();
  const value = Object.hasOwn(CONSTANTS, word) ? CONSTANTS[word] : undefined;
  return value === undefined ? undefined : constantRule(source, { value });
}

export function constantRule<Context>(
  source: string,
  result: RuleResult<boolean>,
): Evaluable<boolean, Context> {
  return { source, uses: new Set(), evaluate: () => result, read: () => [] };
}

export type Wanted = 'wanted_boolean' | 'wanted_string' | 'wanted_value' | 'wanted_names';

export interface Language<Value, Context> {
  readonly environment: Environment;
  readonly audit: AuditLimits;
  /** Whether something of this type may be its result. */
  fits(type: string): boolean;
  readonly wanted: Wanted;
  readonly hintForName?: HintForName;
  run(parsed: ParseResult, context: Context): unknown;
  read(value: unknown): RuleResult<Value>;
  /** A failure the context explains better than the engine does. */
  excuse?(uses: ReadonlySet<string>, context: Context): RuleError['error'] | undefined;
}

export function compile<Value, Context>(
  source: string,
  language: Language<Value, Context>,
): EvaluableOrMistake<Value, Context> {
  const { environment, wanted, hintForName } = language;
  const refuse = (error: RuleMistake) => ({ ok: false, error }) as const;
  if (source.trim() === '') return refuse(mistake(source, faultText('rule_empty')));
  if (source.length > MAX_SOURCE) {
    const range = { start: MAX_SOURCE, end: source.length };
    return refuse(mistake(source, faultText('rule_too_long', { max: MAX_SOURCE }), range));
  }

  try {
    const parsed = environment.parse(source);
    const { uses, fault } = auditExpression(parsed.ast, language.audit);
    if (fault) return refuse(mistakeAt(source, fault, hintForName));
    const checked = parsed.check();
    if (checked.error) return refuse(mistakeFrom(source, checked.error, hintForName));
    const type = checked.type ?? 'dyn';
    if (!language.fits(type)) return refuse(mistake(source, faultText(wanted, { type })));

    const evaluate = (context: Context): RuleResult<Value> => {
      try {
        return language.read(language.run(parsed, context));
      } catch (error) {
        return { error: language.excuse?.(uses, context) ?? failure(error) };
      }
    };
    const read = (context: Context) =>
      readingsOf(parsed.ast, source, (part) => {
        try {
          return { value: language.run(environment.parse(part), context) };
        } catch (error) {
          return { error: language.excuse?.(uses, context) ?? failure(error) };
        }
      });
    return { ok: true, rule: { source, uses, evaluate, read } };
  } catch (error) {
    return refuse(mistakeFrom(source, error, hintForName));
  }
}

function failure(error: unknown): RuleError['error'] {
  const { code, summary } = error as { code?: unknown; summary?: unknown };
  const message = typeof summary === 'string' ? summary : faultText('not_evaluated');
  return { code: code === 'no_such_key' ? 'value_missing' : 'evaluation_failed', message };
}

export function wrongType(value: unknown, wanted: Wanted): RuleError {
  const type = Array.isArray(value) ? 'a list' : value === null ? 'null' : typeof value;
  return { error: { code: 'type_wrong', message: faultText(wanted, { type }) } };
}

/** Strings as they are, numbers and booleans written out; anything else has no text. */
export function asText(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean' || typeof value === 'number')
    return String(value);
  return undefined;
}
