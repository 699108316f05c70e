/**
 * An upstream's rule and mapping, compiled; or everything its author got wrong in them, told at once.
 *
 * Paths are those of the configuration file: `createRule`, `mapping.username`,
 * `attributes.department`, `groups`.
 *
 * @module
 */
import { attributeName } from '../config-file/values.ts';
import { faultText } from '../faults.ts';
import type { EvaluableOrMistake } from '../rules/engine.ts';
import { mistake, type RuleMistake } from '../rules/mistake.ts';
import {
  type ClaimsContext,
  type ClaimsExpression,
  compileCreateRule,
  compileNames,
  compileText,
  compileValue,
} from './expressions.ts';
import type { Upstream, UpstreamMapping } from './upstream.ts';

/** What of an upstream is compiled. */
export type UpstreamRules = Pick<Upstream, 'createRule' | 'mapping' | 'attributes' | 'groups'>;

export interface CompiledUpstream {
  readonly upstream: Upstream;
  readonly createRule: ClaimsExpression<boolean>;
  readonly mapping: {
    readonly [Field in keyof UpstreamMapping]?: ClaimsExpression<string | undefined> | undefined;
  };
  readonly attributes: ReadonlyMap<string, ClaimsExpression<unknown>> | undefined;
  readonly groups: ClaimsExpression<readonly string[]> | undefined;
}

export interface UpstreamMistake extends RuleMistake {
  readonly path: string;
}

export type UpstreamCompilation =
  | { readonly ok: true; readonly compiled: CompiledUpstream }
  | { readonly ok: false; readonly errors: readonly UpstreamMistake[] };

const MAX_ATTRIBUTES = 100;

/** Never throws. */
export function compileUpstream(upstream: Upstream): UpstreamCompilation {
  const errors: UpstreamMistake[] = [];
  const report = (path: string, error: RuleMistake) => {
    errors.push({ path, ...error });
  };
  const taken = <Value>(path: string, compilation: EvaluableOrMistake<Value, ClaimsContext>) => {
    if (compilation.ok) return compilation.rule;
    report(path, compilation.error);
    return undefined;
  };
  const text = (field: keyof UpstreamMapping) => {
    const source = upstream.mapping[field];
    return source === undefined ? undefined : taken(`mapping.${field}`, compileText(source));
  };

  const createRule = taken('createRule', compileCreateRule(upstream.createRule));
  const mapping = {
    username: text('username'),
    displayName: text('displayName'),
    email: text('email'),
    avatar: text('avatar'),
  };
  const entries = upstream.attributes && Object.entries(upstream.attributes);
  if (entries && entries.length > MAX_ATTRIBUTES)
    report('attributes', mistake('', faultText('attributes_many', { max: MAX_ATTRIBUTES })));
  const attributes = new Map<string, ClaimsExpression<unknown>>();
  for (const [name, source] of entries ?? []) {
    const path = `attributes.${name}`;
    if (!attributeName.safeParse(name).success)
      report(path, mistake(name, faultText('attribute_name', { name })));
    const value = taken(path, compileValue(source));
    if (value) attributes.set(name, value);
  }
  const { groups: source } = upstream;
  const groups = source === undefined ? undefined : taken('groups', compileNames(source));

  if (!createRule || errors.length > 0) return { ok: false, errors };
  const compiled = { upstream, createRule, mapping, groups };
  return { ok: true, compiled: { ...compiled, attributes: entries && attributes } };
}
