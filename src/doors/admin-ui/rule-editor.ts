/**
 * What the editor's script asks as somebody types: JSON, for pages of ours alone.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { faultWords } from '../../http/fault-words.ts';
import type { Forms } from '../../http/form.ts';
import type { Pages } from '../../http/pages.ts';
import { parse } from '../../http/parse.ts';
import { readQuery } from '../../http/query.ts';
import {
  type CompletionDeps,
  checkExpression,
  completionsFor,
} from '../../operations/check-expression.ts';
import { type AdminRoute, get, post } from './route.ts';

export interface RuleEditorDeps extends CompletionDeps {
  readonly forms: Forms;
  readonly pages: Pages;
}

const kind = z.enum(['rule', 'mapping']).default('rule');
/** Empty: of no issuer yet. */
const issuer = z.string().max(100).default('');

export function ruleEditorRoutes(deps: RuleEditorDeps): readonly AdminRoute[] {
  return [
    post('/admin/rules/check', 'issuers:read', check(deps)),
    get('/admin/rules/words', 'issuers:read', tellWords(deps)),
  ];
}

function check(deps: RuleEditorDeps): Middleware {
  const body = z.strictObject({ kind, issuer, source: z.string().max(10_000).default('') });
  return async (ctx) => {
    const fields = parse(body, await deps.forms.read(ctx), 'body');
    const checked = await checkExpression(deps, { ...fields, issuer: fields.issuer || undefined });
    const wording = deps.pages.wording(ctx);
    const say = (message: string) => faultWords(wording, message).text;
    const mistakes = checked.mistakes.map((one) => ({
      ...one,
      message: say(one.message),
      hint: one.hint === undefined ? undefined : say(one.hint),
    }));
    answer(ctx, { ...checked, mistakes });
  };
}

/** With a line of help for each word, in the reader's language. */
function tellWords(deps: RuleEditorDeps): Middleware {
  const query = z.strictObject({ kind, issuer });
  return async (ctx) => {
    const asked = readQuery(ctx, query);
    const { words, ...names } = await completionsFor(deps, {
      ...asked,
      issuer: asked.issuer || undefined,
    });
    const { text } = deps.pages.wording(ctx);
    answer(ctx, {
      ...names,
      words: words.map((word) => ({ ...word, help: text(`vocabulary.${word.key}`) })),
    });
  };
}

function answer(ctx: Context, body: object): void {
  ctx.type = 'json';
  ctx.body = JSON.stringify(body);
}
