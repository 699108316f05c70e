import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { DomainError, type InputIssue } from '../../domain/errors.ts';
import { type Issuer, isHs } from '../../domain/issuer.ts';
import { representIssuer } from '../../domain/issuer-view.ts';
import { actorOf } from '../../http/actor.ts';
import { expecting } from '../../http/etag.ts';
import { parse } from '../../http/parse.ts';
import { seeOther } from '../../http/see-other.ts';
import { removeIssuer } from '../../operations/remove-issuer.ts';
import { type SavedIssuer, saveIssuer } from '../../operations/save-issuer.ts';
import { editIssuerBody, formOf, toIssuerFields, valuesOf } from './issuer-form.ts';
import {
  attempt,
  findIssuer,
  headOf,
  type IssuerPageDeps,
  machineOf,
  tagOf,
} from './issuer-page.ts';

/** `GET /admin/issuers/{slug}/edit` */
export function showEditIssuer(deps: IssuerPageDeps): Middleware {
  return async (ctx) => {
    const issuer = await findIssuer(ctx, deps);
    await showForm(ctx, deps, { issuer, typed: { secret: '', ...valuesOf(issuer) } });
  };
}

/**
 * `POST /admin/issuers/{slug}/edit`: a change that keeps people out until their Jitsi server is
 * changed, too, is shown with what it means before it is saved.
 */
export function submitEditIssuer(deps: IssuerPageDeps): Middleware {
  return async (ctx) => {
    const fields = parse(editIssuerBody, await deps.forms.read(ctx), 'body');
    const issuer = await findIssuer(ctx, deps);
    const save = (mode: 'plan' | 'write') =>
      attempt(
        saveIssuer(deps, {
          slug: issuer.slug,
          fields: toIssuerFields(fields),
          how: 'change',
          mode,
          expected: expecting(fields.etag, representIssuer),
          publicUrl: deps.publicUrl(),
          actor: actorOf(ctx),
        }),
      );

    const plan = await save('plan');
    if (!plan.ok) {
      ctx.status = 400;
      return showForm(ctx, deps, { issuer, typed: fields, issues: plan.issues });
    }
    const codes = breakingCodes(plan.result);
    if (codes !== '' && fields.confirmed !== codes)
      return showForm(ctx, deps, { issuer, typed: fields, plan: plan.result });

    await save('write');
    return seeOther(ctx, `/admin/issuers/${issuer.slug}?done=saved`);
  };
}

const removeBody = z.strictObject({ slug: z.string().max(20_000).default('') });

/** `POST /admin/issuers/{slug}/remove`: into the bin, once its short name was typed. */
export function submitRemoveIssuer(deps: IssuerPageDeps): Middleware {
  return async (ctx) => {
    const { slug: typed } = parse(removeBody, await deps.forms.read(ctx), 'body');
    const issuer = await findIssuer(ctx, deps);
    if (typed.trim() !== issuer.slug)
      throw new DomainError('input_invalid', {
        issues: [{ path: 'body.slug', message: 'must be the short name of this issuer' }],
      });
    await removeIssuer(deps, { slug: issuer.slug, actor: actorOf(ctx) });
    seeOther(ctx, '/admin/issuers?done=removed');
  };
}

interface Shown {
  readonly issuer: Issuer;
  readonly typed: Readonly<Record<string, string | undefined>>;
  readonly issues?: readonly InputIssue[];
  readonly plan?: SavedIssuer;
}

async function showForm(
  ctx: Context,
  deps: IssuerPageDeps,
  { issuer, typed, issues = [], plan }: Shown,
): Promise<void> {
  const { etag: _etag, confirmed: _confirmed, ...values } = typed;
  const standing = await deps.stores.issuers.findStanding(issuer.id);
  deps.pages.show(ctx, 'issuer-edit', {
    issuer: headOf(ctx, issuer),
    form: formOf(values, issues),
    etag: tagOf(issuer),
    usesSecret: isHs(issuer.algorithm),
    secretChangedAt: standing?.secretChangedAt,
    now: deps.clock.now(),
    isSecretWeak: issuer.weakSecret,
    warnings: plan?.warnings ?? [],
    changes: plan?.fields ?? [],
    confirm: plan ? breakingCodes(plan) : '',
    machine: machineOf(issuer, deps.publicUrl(), plan && changedBody(plan)),
  });
}

/** Of what keeps people out until their Jitsi server is changed, too. */
function breakingCodes({ warnings }: SavedIssuer): string {
  const breaking = warnings.filter(({ weight }) => weight === 'breaks');
  return breaking.map(({ code }) => code).join(' ');
}

/** As a PATCH would send it; a secret is named, and not told. */
function changedBody({ issuer, fields }: SavedIssuer): object {
  const all: Readonly<Record<string, unknown>> = representIssuer(issuer);
  const names = new Set(fields.map(({ field }) => /^\w+/.exec(field)?.[0] ?? ''));
  return Object.fromEntries(
    [...names].map((name) => [name, name === 'secret' ? '…' : (all[name] ?? null)]),
  );
}
