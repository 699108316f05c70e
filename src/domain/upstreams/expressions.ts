/**
 * The rule language over one name, `claims`: who gets an account, and what of a person is mapped.
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
} from '../rules/engine.ts';
import { emptyEnvironment } from '../rules/environment.ts';
import type { SafeClaims } from './claims.ts';

export interface ClaimsContext {
  readonly claims: SafeClaims;
  /** Lower-case hex of a text's SHA-256. */
  readonly sha256: Sha256;
}
export type Sha256 = (text: string) => string;

export type ClaimsExpression<Value> = Evaluable<Value, ClaimsContext>;
type Compilation<Value> = EvaluableOrMistake<Value, ClaimsContext>;

/** As in `rules/environment.ts`: functions get their arguments alone. */
let current: ClaimsContext | undefined;

function gravatar(address: string): string {
  if (!current) throw new Error('no evaluation is running');
  return `https://www.gravatar.com/avatar/${current.sha256(address.trim().toLowerCase())}`;
}

const CLAIMS = emptyEnvironment()
  .registerVariable('claims', 'map<string, dyn>')
  .registerFunction('gravatar(string): string', gravatar);

const OVER_CLAIMS: Pick<
  Language<unknown, ClaimsContext>,
  'environment' | 'audit' | 'hintForName' | 'run'
> = {
  environment: CLAIMS,
  audit: { tenant: 'known' },
  hintForName: (name) => faultText('hint_claims', { text: `claims.${name}` }),
  run(parsed, context) {
    current = context;
    try {
      return parsed({ claims: context.claims });
    } finally {
      current = undefined;
    }
  },
};

/** Compiles the rule that says who gets an account. */
export function compileCreateRule(source: string): Compilation<boolean> {
  const constant = readConstant<ClaimsContext>(source);
  if (constant) return { ok: true, rule: constant };
  return compile(source, {
    ...OVER_CLAIMS,
    fits: (type) => type === 'bool' || type === 'dyn',
    wanted: 'wanted_boolean',
    read: (value) => (typeof value === 'boolean' ? { value } : wrongType(value, 'wanted_boolean')),
  });
}

/** `undefined`: there is nothing to say. */
export function compileText(source: string): Compilation<string | undefined> {
  return compile<string | undefined, ClaimsContext>(source, {
    ...OVER_CLAIMS,
    fits: (type) => SCALARS.has(type),
    wanted: 'wanted_string',
    read: (value) => {
      if (value === null) return { value: undefined };
      const text = asText(value);
      return text === undefined ? wrongType(value, 'wanted_string') : { value: text };
    },
  });
}

/** Whatever the expression gives; what an attribute may hold of it is seen by its reader. */
export function compileValue(source: string): Compilation<unknown> {
  return compile<unknown, ClaimsContext>(source, {
    ...OVER_CLAIMS,
    fits: (type) => SCALARS.has(type) || isList(type),
    wanted: 'wanted_value',
    read: (value) => ({ value }),
  });
}

/** A name, or a list of which those that are text count. */
export function compileNames(source: string): Compilation<readonly string[]> {
  return compile<readonly string[], ClaimsContext>(source, {
    ...OVER_CLAIMS,
    fits: (type) => type === 'dyn' || type === 'string' || isList(type),
    wanted: 'wanted_names',
    read: (value) => {
      if (value === null) return { value: [] };
      if (typeof value === 'string') return { value: [value] };
      if (!Array.isArray(value)) return wrongType(value, 'wanted_names');
      return { value: value.filter((item) => typeof item === 'string') };
    },
  });
}

const SCALARS = new Set(['dyn', 'string', 'int', 'uint', 'double', 'bool']);

function isList(type: string): boolean {
  return type === 'list' || type.startsWith('list<');
}
