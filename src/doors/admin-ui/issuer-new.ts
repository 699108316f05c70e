import type { Context, Middleware } from 'koa';
import { HS_ALGORITHMS } from '../../domain/issuer.ts';
import type { InputIssue } from '../../domain/errors.ts';
import { actorOf } from '../../http/actor.ts';
import { parse } from '../../http/parse.ts';
import { seeOther } from '../../http/see-other.ts';
import { saveIssuer } from '../../operations/save-issuer.ts';
import { formOf, lineOf, newIssuerBody } from './issuer-form.ts';
import { attempt, type IssuerPageDeps } from './issuer-page.ts';
import { rulesForm } from './issuer-rules.ts';

const RULES = ['useRule', 'moderatorRule'] as const;
/** A new server lets in everybody who can sign in, and nobody moderates. */
const FIRST = {
  slug: '',
  name: '',
  serverUrl: '',
  algorithm: 'RS256',
  useRule: '1',
  moderatorRule: '',
};

/** `GET /admin/issuers/new` */
export function showNewIssuer(deps: IssuerPageDeps): Middleware {
  return (ctx) => {
    showForm(ctx, deps, FIRST);
  };
}

/** `POST /admin/issuers/new` */
export function submitNewIssuer(deps: IssuerPageDeps): Middleware {
  return async (ctx) => {
    const fields = parse(newIssuerBody, await deps.forms.read(ctx), 'body');
    const { slug, secret, algorithm, useRule, moderatorRule } = fields;
    const needsSecret = HS_ALGORITHMS.some((one) => one === algorithm);
    const outcome = await attempt(
      saveIssuer(deps, {
        slug: slug.trim(),
        fields: {
          name: lineOf(fields.name),
          serverUrl: lineOf(fields.serverUrl),
          algorithm: lineOf(algorithm),
          useRule: lineOf(useRule),
          moderatorRule: lineOf(moderatorRule),
          ...(needsSecret && secret !== '' ? { secret } : {}),
        },
        how: 'create',
        mode: 'write',
        publicUrl: deps.publicUrl(),
        actor: actorOf(ctx),
      }),
    );
    if (outcome.ok) return seeOther(ctx, `/admin/issuers/${slug.trim()}?done=created`);
    ctx.status = 400;
    return showForm(ctx, deps, fields, outcome.issues);
  };
}

type Values = Readonly<Record<keyof typeof FIRST, string>>;

function showForm(
  ctx: Context,
  { pages }: IssuerPageDeps,
  values: Values,
  issues: readonly InputIssue[] = [],
): void {
  const isRule = ({ path }: InputIssue) => RULES.some((name) => name === path);
  const { useRule, moderatorRule, ...typed } = values;
  const rules = { useRule, moderatorRule };
  pages.show(ctx, 'issuer-new', {
    form: formOf(
      { secret: '', ...typed },
      issues.filter((issue) => !isRule(issue)),
    ),
    rules: rulesForm(rules, issues.filter(isRule)),
  });
}
