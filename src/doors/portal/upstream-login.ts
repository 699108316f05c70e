import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { isDomainError } from '../../domain/errors.ts';
import { clientIp } from '../../http/client-ip.ts';
import { readCookie, setCookie } from '../../http/cookies.ts';
import { localPathSchema } from '../../http/local-path.ts';
import { readQuery } from '../../http/query.ts';
import { seeOther } from '../../http/see-other.ts';
import { findSignedIn } from '../../http/session.ts';
import type { CatalogSnapshot } from '../../operations/issuer-catalog.ts';
import { beginLogin, type BeginLoginDeps } from '../../operations/upstreams/begin-login.ts';
import { findOidc } from '../../operations/upstreams/live-oidc.ts';
import { type ProblemDeps, showProblem } from './upstream-problem.ts';

export interface UpstreamLoginDeps extends BeginLoginDeps, ProblemDeps {
  readonly catalog: { current(): Pick<CatalogSnapshot, 'upstreams'> };
}

const MAX_HINT = 254;
const query = z.object({
  returnTo: localPathSchema.default('/'),
  login_hint: z.string().max(MAX_HINT).optional(),
  /** Once more, signed in or not. */
  fresh: z.string().optional(),
});

/** `GET /upstream/{slug}/login?returnTo=&login_hint=`: sends the browser to the directory. */
export function beginAtUpstream(deps: UpstreamLoginDeps): Middleware {
  return async (ctx) => {
    const { returnTo, login_hint: loginHint, fresh } = readQuery(ctx, query);
    const { slug = '' } = ctx.params as { slug?: string };
    const live = findOidc(deps.catalog.current().upstreams, slug);
    if (findSignedIn(ctx) && fresh === undefined) return seeOther(ctx, returnTo);
    try {
      const location = await beginLogin(deps, {
        live,
        browserToken: browserToken(ctx, deps),
        purpose: 'sign_in',
        userId: undefined,
        returnTo,
        loginHint,
        fresh: fresh !== undefined,
        ip: clientIp(ctx),
      });
      return seeOther(ctx, location.href);
    } catch (error) {
      if (!isDomainError(error)) throw error;
      return showProblem(ctx, deps, { error, way: { slug, returnTo } });
    }
  };
}

/** The same for all tabs of a browser. */
export function browserToken(ctx: Context, { random }: Pick<UpstreamLoginDeps, 'random'>): string {
  const known = readCookie(ctx, 'upstream');
  if (known !== undefined) return known;
  const value = random.token();
  setCookie(ctx, 'upstream', { value });
  return value;
}
