/**
 * What an editor of rules needs from the server: mistakes as they are typed, and words to offer.
 *
 * @module
 */
import type { Issuer } from '../domain/issuer.ts';
import { compileRule, type RuleScope } from '../domain/rules/compile.ts';
import { compileMapping } from '../domain/rules/compile-mapping.ts';
import { type ExpressionKind, vocabulary, type Word } from '../domain/rules/vocabulary.ts';
import type { Stores } from '../stores/index.ts';
import { findLive } from './explain.ts';
import type { IssuerCatalog } from './issuer-catalog.ts';
import { compileDraft } from './issuer-draft.ts';
import type { IssuerFields } from './save-issuer.ts';

export interface CheckDeps {
  readonly catalog: Pick<IssuerCatalog, 'refresh'>;
}

export interface CheckInput {
  readonly kind: ExpressionKind;
  readonly source: string;
  /** Slug: whether `tenant` can be read depends on the issuer. Default: it can. */
  readonly issuer?: string | undefined;
}

export interface ExpressionMistake {
  /** English; see `domain/faults.ts`. */
  readonly message: string;
  readonly hint: string | undefined;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** Offset into the source and length of what is wrong, in UTF-16 units. */
  readonly start: number;
  readonly length: number;
}

export interface Checked {
  readonly ok: boolean;
  /** One at most: the language stops at the first. */
  readonly mistakes: readonly ExpressionMistake[];
  /** What it reads and calls: `room`, `user.groups`, `inGroup()`. */
  readonly uses: readonly string[];
}

/** @throws {DomainError} `issuer_not_found`. */
export async function checkExpression(deps: CheckDeps, input: CheckInput): Promise<Checked> {
  const scope = await scopeOf(deps, input.issuer);
  const { kind, source } = input;
  const compiled = kind === 'rule' ? compileRule(source, scope) : compileMapping(source, scope);
  if (compiled.ok) return { ok: true, mistakes: [], uses: [...compiled.rule.uses] };
  const { message, hint, line, column, start, end } = compiled.error;
  const mistake = { message, hint, line, column, start, length: end - start };
  return { ok: false, mistakes: [mistake], uses: [] };
}

/**
 * Whether an issuer with these changes would be right.
 *
 * @throws {DomainError} `input_invalid` with its mistakes, `issuer_not_found`.
 */
export async function checkDraft(
  { catalog }: CheckDeps,
  { issuer, draft }: { issuer: string; draft: IssuerFields },
): Promise<void> {
  compileDraft(findLive(await catalog.refresh(), issuer).compiled, draft);
}

export interface CompletionDeps extends CheckDeps {
  readonly stores: Pick<Stores, 'ruleSubjects'>;
}

export interface Completions {
  readonly words: readonly Word[];
  readonly groups: readonly string[];
  /** Names of attributes that people have. */
  readonly attributes: readonly string[];
}

const MOST_GROUPS = 500;
const MOST_ATTRIBUTES = 200;
/** People whose attributes are looked at. */
const SAMPLE = 5000;

/** @throws {DomainError} `issuer_not_found`. */
export async function completionsFor(
  deps: CompletionDeps,
  { kind, issuer }: Pick<CheckInput, 'kind' | 'issuer'>,
): Promise<Completions> {
  const { tenant } = await scopeOf(deps, issuer);
  const { ruleSubjects } = deps.stores;
  const [groups, attributes] = await Promise.all([
    ruleSubjects.groupNames(MOST_GROUPS),
    ruleSubjects.attributeNames({ sample: SAMPLE, limit: MOST_ATTRIBUTES }),
  ]);
  return { words: vocabulary(kind, tenant), groups, attributes };
}

async function scopeOf({ catalog }: CheckDeps, slug: string | undefined): Promise<RuleScope> {
  if (slug === undefined) return { tenant: 'known' };
  return tenantScope(findLive(await catalog.refresh(), slug).issuer);
}

function tenantScope({ sub }: Pick<Issuer, 'sub'>): RuleScope {
  return { tenant: sub === 'tenant' ? 'known' : 'unknown' };
}
