import type { Context } from 'koa';
import type { AnyDomainError } from '../../domain/errors.ts';
import { OIDC_FAULTS, type OidcFault } from '../../domain/upstreams/oidc-fault.ts';
import { STATUS } from '../../http/errors.ts';
import { setHere } from '../../http/here.ts';
import { valuesOf } from '../../http/html-errors.ts';
import type { Log } from '../../http/log.ts';
import { UPSTREAM_REFUSALS, type UpstreamRefusal } from '../../http/page-contexts/upstream-ways.ts';
import type { Pages } from '../../http/pages.ts';
import { requestReference } from '../../http/request-id.ts';

export interface ProblemDeps {
  readonly pages: Pages;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

export interface UpstreamProblem {
  readonly error: AnyDomainError;
  /** `undefined`: nobody knows where the way led. */
  readonly way: { readonly slug: string; readonly returnTo: string } | undefined;
}

/** What happened, and the ways on: never the way back by itself, which would go round and round. */
export function showProblem(
  ctx: Context,
  { pages, log }: ProblemDeps,
  { error, way }: UpstreamProblem,
): void {
  const { code, details } = error;
  const status = STATUS[code];
  const reference = requestReference(ctx);
  const level = status < 500 ? 'info' : 'warn';
  log[level]({ code, reference, status, ...details }, 'sign-in with an upstream failed');

  ctx.status = status;
  setHere(ctx, otherWays(way?.returnTo));
  pages.show(ctx, 'upstream-problem', {
    code,
    values: valuesOf(error),
    fault: faultOf(error),
    refusal: error.code === 'upstream_refused' ? refusalOf(error.details.error) : undefined,
    reference,
    retryHref: way && upstreamHref(way.slug, { returnTo: way.returnTo }),
    otherHref: otherWays(way?.returnTo),
  });
}

/** The sign-in page, that leads nowhere by itself. */
export function otherWays(returnTo = '/'): string {
  const query = new URLSearchParams({ choose: 'yes', returnTo });
  return `/login?${query.toString()}`;
}

export interface UpstreamWay {
  readonly returnTo: string;
  readonly loginHint?: string | undefined;
}

/** The address at which a sign-in with an upstream begins. */
export function upstreamHref(slug: string, { returnTo, loginHint }: UpstreamWay): string {
  const query = new URLSearchParams({ returnTo });
  if (loginHint !== undefined) query.set('login_hint', loginHint);
  return `/upstream/${slug}/login?${query.toString()}`;
}

function refusalOf(error: string): UpstreamRefusal | 'other' {
  return UPSTREAM_REFUSALS.find((known) => known === error) ?? 'other';
}

function faultOf(error: AnyDomainError): OidcFault | undefined {
  const { details } = error;
  const said = details && 'fault' in details ? details.fault : undefined;
  return OIDC_FAULTS.find((fault) => fault === said);
}
