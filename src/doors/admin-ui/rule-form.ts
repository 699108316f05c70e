/**
 * Forms with rules and mappings, as the macros of `views/components/rules.njk` make them. Fields are
 * named by their paths in the configuration file; an empty one stands for what nobody wrote.
 *
 * @module
 */
import { faultText } from '../../domain/faults.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Issuer } from '../../domain/issuer.ts';

type Fields = Readonly<Record<string, string>>;
const FEATURE = 'features.';
const CLAIM = /^extraClaims\.(\d{1,2})\.claim$/;
/** In a form, beyond those that are filled in. */
const EMPTY_ROWS = 2;

export interface RuleFields {
  readonly useRule: string | null;
  readonly moderatorRule: string | null;
  readonly features: Readonly<Record<string, string>> | null;
  readonly lobby: { readonly bypass: string } | null;
}

/** `useRule`, `moderatorRule`, `features.recording`…, `lobby.bypass`; `null` is the default. */
export function readRuleFields(fields: Fields): RuleFields {
  const features = Object.entries(fields).flatMap(([name, rule]) =>
    name.startsWith(FEATURE) && rule.trim() !== '' ? [[name.slice(FEATURE.length), rule]] : [],
  );
  const bypass = textOf(fields['lobby.bypass']);
  return {
    useRule: textOf(fields['useRule']) ?? null,
    moderatorRule: textOf(fields['moderatorRule']) ?? null,
    features: features.length === 0 ? null : (Object.fromEntries(features) as Fields),
    lobby: bypass === undefined ? null : { bypass },
  };
}

export interface MappingFields {
  readonly mapping: Readonly<Record<string, string>>;
  readonly group: string | null;
  readonly extraClaims: Readonly<Record<string, string>>;
}

/** @throws {DomainError} `input_invalid` for a claim that stands in two rows. */
export function readMappingFields(fields: Fields): MappingFields {
  const named = ['id', 'name', 'email', 'avatar'].flatMap((name) => {
    const source = textOf(fields[`mapping.${name}`]);
    return source === undefined ? [] : [[name, source] as const];
  });
  const extraClaims = new Map<string, string>();
  for (const { claim, value } of claimRows(fields)) {
    if (extraClaims.has(claim)) {
      const issues = [{ path: `extraClaims.${claim}`, message: faultText('claim_twice') }];
      throw new DomainError('input_invalid', { issues });
    }
    extraClaims.set(claim, value);
  }
  return {
    mapping: Object.fromEntries(named),
    group: textOf(fields['group']) ?? null,
    extraClaims: Object.fromEntries(extraClaims),
  };
}

export interface ClaimRow {
  readonly claim: string;
  readonly value: string;
}

/** What was typed, row by row; rows left empty fall away. */
export function claimRows(fields: Fields): readonly ClaimRow[] {
  return Object.keys(fields)
    .flatMap((name) => CLAIM.exec(name)?.[1] ?? [])
    .map((row) => ({
      claim: (fields[`extraClaims.${row}.claim`] ?? '').trim(),
      value: fields[`extraClaims.${row}.value`] ?? '',
    }))
    .filter(({ claim, value }) => claim !== '' || value.trim() !== '');
}

/** For `mappingFields`: what there is, and room for more. */
export function withEmptyRows(rows: readonly ClaimRow[]): readonly ClaimRow[] {
  return [...rows, ...Array.from({ length: EMPTY_ROWS }, () => ({ claim: '', value: '' }))];
}

export function claimRowsOf({ extraClaims }: Pick<Issuer, 'extraClaims'>): readonly ClaimRow[] {
  return Object.entries(extraClaims).map(([claim, value]) => ({ claim, value }));
}

/** Line ends as browsers send them become our own; nothing but blanks is nothing. */
function textOf(value: string | undefined): string | undefined {
  const text = value?.replaceAll('\r\n', '\n').trim() ?? '';
  return text === '' ? undefined : text;
}
