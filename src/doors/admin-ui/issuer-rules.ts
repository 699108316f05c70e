import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import type { InputIssue } from '../../domain/errors.ts';
import { FEATURES } from '../../domain/feature.ts';
import type { Issuer, RoomRules } from '../../domain/issuer.ts';
import { representIssuer } from '../../domain/issuer-view.ts';
import { actorOf } from '../../http/actor.ts';
import { expecting } from '../../http/etag.ts';
import type { RulesForm } from '../../http/page-contexts/issuers.ts';
import type { RulePreview } from '../../http/page-contexts/rule-preview.ts';
import { parse } from '../../http/parse.ts';
import { ruleFaults } from '../../http/rule-fault.ts';
import { seeOther } from '../../http/see-other.ts';
import { type IssuerFields, saveIssuer } from '../../operations/save-issuer.ts';
import { etag } from './issuer-form.ts';
import {
  attempt,
  findIssuer,
  headOf,
  type IssuerPageDeps,
  machineOf,
  tagOf,
} from './issuer-page.ts';
import {
  claimRows,
  claimRowsOf,
  readMappingFields,
  readRuleFields,
  withEmptyRows,
} from './rule-form.ts';
import { previewAsTyped, readPreview, type RulePreviewDeps } from './rule-preview.ts';

export type IssuerRuleDeps = IssuerPageDeps & RulePreviewDeps;

type Typed = Readonly<Record<string, string>>;

const text = z.string().max(20_000).default('');
const optional = z.string().max(20_000).optional();
export const ruleShape = {
  useRule: text,
  moderatorRule: text,
  'lobby.bypass': text,
  ...Object.fromEntries(FEATURES.map((name) => [`features.${name}`, text] as const)),
};
/** What the buttons of `ruleChecks` send along. */
export const previewShape = {
  preview: optional,
  'preview.room': text,
  'preview.user': text,
};
const rulesBody = z.strictObject({ ...ruleShape, ...previewShape, etag });
const mappingBody = z.strictObject({
  ...Object.fromEntries(
    ['id', 'name', 'email', 'avatar'].map((name) => [`mapping.${name}`, text] as const),
  ),
  ...Object.fromEntries(
    Array.from({ length: 100 }, (_, row) => [
      [`extraClaims.${row}.claim`, optional] as const,
      [`extraClaims.${row}.value`, optional] as const,
    ]).flat(),
  ),
  ...previewShape,
  group: text,
  etag,
});

/** `GET /admin/issuers/{slug}/rules` */
export function showRules(deps: IssuerPageDeps): Middleware {
  return async (ctx) => {
    const issuer = await findIssuer(ctx, deps);
    showRulesForm(ctx, deps, { issuer, typed: ruleValues(issuer) });
  };
}

/** `POST /admin/issuers/{slug}/rules` */
export function submitRules(deps: IssuerPageDeps): Middleware {
  return async (ctx) => {
    const typed = present(parse(rulesBody, await deps.forms.read(ctx), 'body'));
    const issuer = await findIssuer(ctx, deps);
    const issues = await save(ctx, deps, { issuer, typed, fields: { ...readRuleFields(typed) } });
    if (issues.length === 0) return seeOther(ctx, `/admin/issuers/${issuer.slug}/rules?done=saved`);
    ctx.status = 400;
    return showRulesForm(ctx, deps, { issuer, typed, issues });
  };
}

/** `POST /admin/issuers/{slug}/rules/preview`: nothing is saved. */
export function previewRules(deps: IssuerRuleDeps): Middleware {
  return async (ctx) => {
    const typed = present(parse(rulesBody, await deps.forms.read(ctx), 'body'));
    const issuer = await findIssuer(ctx, deps);
    const draft = { ...readRuleFields(typed) };
    const shown = await lookAhead(ctx, deps, { issuer, typed, fields: draft });
    showRulesForm(ctx, deps, { issuer, typed, ...shown });
  };
}

/** `GET /admin/issuers/{slug}/mapping` */
export function showMapping(deps: IssuerPageDeps): Middleware {
  return async (ctx) => {
    const issuer = await findIssuer(ctx, deps);
    showMappingForm(ctx, deps, { issuer, typed: mappingValues(issuer) });
  };
}

/** `POST /admin/issuers/{slug}/mapping` */
export function submitMapping(deps: IssuerPageDeps): Middleware {
  return async (ctx) => {
    const typed = present(parse(mappingBody, await deps.forms.read(ctx), 'body'));
    const issuer = await findIssuer(ctx, deps);
    const read = await attempt(Promise.resolve().then(() => readMappingFields(typed)));
    const issues = read.ok
      ? await save(ctx, deps, { issuer, typed, fields: { ...read.result } })
      : read.issues;
    if (issues.length === 0)
      return seeOther(ctx, `/admin/issuers/${issuer.slug}/mapping?done=saved`);
    ctx.status = 400;
    return showMappingForm(ctx, deps, { issuer, typed, issues });
  };
}

/** `POST /admin/issuers/{slug}/mapping/preview`: nothing is saved. */
export function previewMapping(deps: IssuerRuleDeps): Middleware {
  return async (ctx) => {
    const typed = present(parse(mappingBody, await deps.forms.read(ctx), 'body'));
    const issuer = await findIssuer(ctx, deps);
    const read = await attempt(Promise.resolve().then(() => readMappingFields(typed)));
    const shown = read.ok
      ? await lookAhead(ctx, deps, { issuer, typed, fields: { ...read.result } })
      : { issues: read.issues };
    showMappingForm(ctx, deps, { issuer, typed, ...shown });
  };
}

/** What the buttons of `ruleChecks` ask for, or what is wrong with what was typed. */
export async function lookAhead(
  ctx: Context,
  deps: IssuerRuleDeps,
  { issuer, typed, fields }: Change,
): Promise<{ issues: readonly InputIssue[]; preview: RulePreview | undefined }> {
  const asked = { issuer: issuer.slug, fields: typed, draft: fields };
  const outcome = await attempt(readPreview(deps, asked));
  if (outcome.ok) return { issues: [], preview: outcome.result };
  ctx.status = 400;
  return { issues: outcome.issues, preview: previewAsTyped(typed) };
}

interface Change {
  readonly issuer: Issuer;
  readonly typed: Typed;
  readonly fields: IssuerFields;
}

async function save(
  ctx: Context,
  deps: IssuerPageDeps,
  { issuer, typed, fields }: Change,
): Promise<readonly InputIssue[]> {
  const outcome = await attempt(
    saveIssuer(deps, {
      slug: issuer.slug,
      fields,
      how: 'change',
      mode: 'write',
      expected: expecting(typed['etag'], representIssuer),
      publicUrl: deps.publicUrl(),
      actor: actorOf(ctx),
    }),
  );
  return outcome.ok ? [] : outcome.issues;
}

interface Shown {
  readonly issuer: Issuer;
  readonly typed: Typed;
  readonly issues?: readonly InputIssue[];
  readonly preview?: RulePreview | undefined;
}

function showRulesForm(
  ctx: Context,
  { pages, publicUrl }: IssuerPageDeps,
  { issuer, typed, issues = [], preview }: Shown,
): void {
  pages.show(ctx, 'issuer-rules', {
    issuer: headOf(ctx, issuer),
    preview,
    rules: rulesForm(typed, issues),
    features: FEATURES,
    etag: tagOf(issuer),
    machine: machineOf(issuer, publicUrl(), {
      useRule: issuer.useRule,
      moderatorRule: issuer.moderatorRule ?? null,
      features: issuer.features ?? null,
      lobby: issuer.lobbyBypass === undefined ? null : { bypass: issuer.lobbyBypass },
    }),
  });
}

function showMappingForm(
  ctx: Context,
  { pages, publicUrl }: IssuerPageDeps,
  { issuer, typed, issues = [], preview }: Shown,
): void {
  const rows = claimRows(typed);
  const sourceOf = (path: string) =>
    typed[path] ?? rows.find(({ claim }) => path === `extraClaims.${claim}`)?.value;
  const names = ['id', 'name', 'email', 'avatar'] as const;
  pages.show(ctx, 'issuer-mapping', {
    issuer: headOf(ctx, issuer),
    preview,
    mapping: Object.fromEntries(names.map((name) => [name, typed[`mapping.${name}`]])),
    group: typed['group'],
    extraClaims: withEmptyRows(rows),
    faults: ruleFaults(issues, sourceOf),
    etag: tagOf(issuer),
    machine: machineOf(issuer, publicUrl(), {
      mapping: issuer.mapping,
      extraClaims: issuer.extraClaims,
      group: issuer.group ?? null,
    }),
  });
}

/** For `ruleSet`: what was typed, and what is wrong with it. */
export function rulesForm(
  values: Readonly<Record<string, string>>,
  issues: readonly InputIssue[],
): RulesForm {
  const faults = ruleFaults(issues, (path) => values[path]);
  const named = [...Object.entries(values), ...Object.entries(faults)];
  const hasFeatures = named.some(([name, what]) => name.startsWith('features.') && what !== '');
  return { values, faults, hasFeatures };
}

/** Rules as a form holds them. */
export function ruleValues(rules: RoomRules): Record<string, string> {
  return {
    useRule: rules.useRule ?? '',
    moderatorRule: rules.moderatorRule ?? '',
    'lobby.bypass': rules.lobbyBypass ?? '',
    ...Object.fromEntries(
      Object.entries(rules.features ?? {}).map(([name, rule]) => [`features.${name}`, rule]),
    ),
  };
}

function mappingValues(issuer: Issuer): Typed {
  const entries = Object.entries(issuer.mapping);
  return {
    ...Object.fromEntries(entries.map(([name, source]) => [`mapping.${name}`, source as string])),
    group: issuer.group ?? '',
    ...Object.fromEntries(
      claimRowsOf(issuer).flatMap(({ claim, value }, row) => [
        [`extraClaims.${row}.claim`, claim] as const,
        [`extraClaims.${row}.value`, value] as const,
      ]),
    ),
  };
}

export function present(fields: Readonly<Record<string, string | undefined>>): Typed {
  const given = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return Object.fromEntries(given);
}
