import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { parse } from '../../http/parse.ts';
import { type CheckJitsiDeps, checkJitsi, type JitsiReport } from '../../operations/check-jitsi.ts';
import type { Issuer } from '../../domain/issuer.ts';
import { findIssuer, headOf, type IssuerPageDeps } from './issuer-page.ts';

export type IssuerCheckDeps = IssuerPageDeps & Pick<CheckJitsiDeps, 'fetchOutside'>;

const body = z.strictObject({});

/** `GET /admin/issuers/{slug}/check`: what will be looked at. */
export function showCheck(deps: IssuerCheckDeps): Middleware {
  return async (ctx) => show(ctx, deps, { issuer: await findIssuer(ctx, deps) });
}

/** `POST /admin/issuers/{slug}/check`: sends requests, so no link leads here. */
export function submitCheck(deps: IssuerCheckDeps): Middleware {
  return async (ctx) => {
    parse(body, await deps.forms.read(ctx), 'body');
    const issuer = await findIssuer(ctx, deps);
    const report = await checkJitsi(deps, { issuer, publicUrl: deps.publicUrl() });
    show(ctx, deps, { issuer, report });
  };
}

function show(
  ctx: Context,
  { pages, publicUrl }: IssuerCheckDeps,
  { issuer, report }: { issuer: Issuer; report?: JitsiReport },
): void {
  const { serverUrl } = issuer;
  pages.show(ctx, 'issuer-check', {
    issuer: headOf(ctx, issuer),
    address: serverUrl === undefined ? undefined : new URL('config.js', serverUrl).href,
    publicUrl: publicUrl().origin,
    findings: report?.findings,
  });
}
