import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { importRsaKey, KeyImportError } from '../../crypto/rsa-key.ts';
import { isDomainError } from '../../domain/errors.ts';
import { isHs } from '../../domain/issuer.ts';
import { representIssuer } from '../../domain/issuer-view.ts';
import { readyToSignAt } from '../../domain/key-life.ts';
import { actorOf } from '../../http/actor.ts';
import { expecting } from '../../http/etag.ts';
import { STATUS } from '../../http/errors.ts';
import type { IssuerPages } from '../../http/page-contexts/issuers.ts';
import { parse } from '../../http/parse.ts';
import { seeOther } from '../../http/see-other.ts';
import { may } from '../../http/session.ts';
import { describeKeys, type RingReport } from '../../operations/describe-keys.ts';
import { generateNextKey, replaceNextKey, rotateIssuerKeys } from '../../operations/issuer-keys.ts';
import { retireKey } from '../../operations/retire-key.ts';
import { saveIssuer } from '../../operations/save-issuer.ts';
import { etag, numberOf } from './issuer-form.ts';
import { attempt, headOf, type IssuerPageDeps, machineOf, tagOf } from './issuer-page.ts';
import { param } from './route.ts';

type Problem = IssuerPages['issuer-keys']['problem'];

const text = z.string().max(20_000).default('');
const force = z.literal('yes').optional();
const ring = z.enum(['jitsi', 'oidc']).default('jitsi');
const rotateBody = z.strictObject({ ring, force });
const retireBody = z.strictObject({ kid: text, force });
const importBody = z.strictObject({ privatePem: z.string().max(60_000).default('') });
const scheduleBody = z.strictObject({ keyRotationDays: text, etag });
const generateBody = z.strictObject({ ring });

/** `GET /admin/issuers/{slug}/keys` */
export function showKeys(deps: IssuerPageDeps): Middleware {
  return async (ctx) => show(ctx, deps, undefined);
}

/** `POST …/keys/rotate` */
export function submitRotation(deps: IssuerPageDeps): Middleware {
  return async (ctx) => {
    const { ring: name, force: forced } = parse(rotateBody, await deps.forms.read(ctx), 'body');
    const slug = param(ctx, 'slug');
    const input = { slug, ring: name, force: forced === 'yes', actor: actorOf(ctx) };
    await orShow(ctx, deps, () => rotateIssuerKeys(deps, input));
  };
}

/** `POST …/keys/retire` */
export function submitRetirement(deps: IssuerPageDeps): Middleware {
  return async (ctx) => {
    const { kid, force } = parse(retireBody, await deps.forms.read(ctx), 'body');
    const input = { slug: param(ctx, 'slug'), kid, force: force === 'yes', actor: actorOf(ctx) };
    await orShow(ctx, deps, () => retireKey(deps, input));
  };
}

/** `POST …/keys/generate`: another next key of ours. */
export function submitGeneration(deps: IssuerPageDeps): Middleware {
  return async (ctx) => {
    const { ring: name } = parse(generateBody, await deps.forms.read(ctx), 'body');
    const input = { slug: param(ctx, 'slug'), ring: name, actor: actorOf(ctx) };
    await orShow(ctx, deps, () => generateNextKey(deps, input));
  };
}

/** `POST …/keys/import`: a key of the operator's own as the next one. */
export function submitImport(deps: IssuerPageDeps): Middleware {
  return async (ctx) => {
    const { privatePem } = parse(importBody, await deps.forms.read(ctx), 'body');
    await orShow(ctx, deps, async () => {
      const key = importRsaKey(privatePem);
      const slug = param(ctx, 'slug');
      await replaceNextKey(deps, { slug, key, origin: 'imported', actor: actorOf(ctx) });
    });
  };
}

/** `POST …/keys/schedule` */
export function submitSchedule(deps: IssuerPageDeps): Middleware {
  return async (ctx) => {
    const { keyRotationDays, etag } = parse(scheduleBody, await deps.forms.read(ctx), 'body');
    const outcome = await attempt(
      saveIssuer(deps, {
        slug: param(ctx, 'slug'),
        fields: { keyRotationDays: numberOf(keyRotationDays) },
        how: 'change',
        mode: 'write',
        expected: expecting(etag, representIssuer),
        publicUrl: deps.publicUrl(),
        actor: actorOf(ctx),
      }),
    );
    if (outcome.ok) return seeOther(ctx, `/admin/issuers/${param(ctx, 'slug')}/keys?done=saved`);
    ctx.status = 400;
    return show(ctx, deps, { code: 'days_wrong' });
  };
}

/** What can be answered on the page itself is; all else goes on up. */
async function orShow(
  ctx: Context,
  deps: IssuerPageDeps,
  change: () => Promise<unknown>,
): Promise<void> {
  try {
    await change();
  } catch (error) {
    const problem = problemOf(error);
    if (!problem) throw error;
    ctx.status = isDomainError(error) ? STATUS[error.code] : 400;
    return show(ctx, deps, problem);
  }
  seeOther(ctx, `/admin/issuers/${param(ctx, 'slug')}/keys?done=saved`);
}

function problemOf(error: unknown): Problem {
  if (error instanceof KeyImportError) return { code: 'pem_wrong' };
  if (!isDomainError(error)) return undefined;
  if (error.code === 'key_too_young')
    return { code: error.code, kid: '', at: error.details.readyAt };
  if (error.code === 'key_in_use')
    return { code: error.code, kid: error.details.kid, at: error.details.safeAt };
  return undefined;
}

async function show(ctx: Context, deps: IssuerPageDeps, problem: Problem): Promise<void> {
  const { issuer, jitsi, oidc } = await describeKeys(deps, param(ctx, 'slug'));
  const { keyRotationDays } = issuer;
  const now = deps.clock.now();
  const usesSecret = isHs(issuer.algorithm);
  deps.pages.show(ctx, 'issuer-keys', {
    issuer: headOf(ctx, issuer),
    mayChangeKeys: may(ctx, 'keys:write'),
    usesSecret,
    now,
    rings: [
      ...(usesSecret ? [] : [{ name: 'jitsi' as const, ...toShow(jitsi, now) }]),
      { name: 'oidc' as const, ...toShow(oidc, now) },
    ],
    keyRotationDays,
    problem,
    etag: tagOf(issuer),
    machine: machineOf(issuer, deps.publicUrl(), { keyRotationDays: keyRotationDays ?? null }),
  });
}

function toShow(report: RingReport, now: Date) {
  const next = report.keys.find(({ key }) => key.stage === 'next');
  const readyAt = next && readyToSignAt(next.key);
  return { ...report, nextReadyAt: readyAt && now < readyAt ? readyAt : undefined };
}
