import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { tokenHash } from '../../crypto/digest.ts';
import { DomainError, isDomainError } from '../../domain/errors.ts';
import { trialPath } from '../../domain/upstreams/trial.ts';
import { clientIp } from '../../http/client-ip.ts';
import { readCookie, setCookie } from '../../http/cookies.ts';
import { localPathSchema } from '../../http/local-path.ts';
import { readQuery } from '../../http/query.ts';
import { seeOther } from '../../http/see-other.ts';
import { findSignedIn } from '../../http/session.ts';
import type { CatalogSnapshot } from '../../operations/issuer-catalog.ts';
import { beginLogin, type BeginLoginDeps } from '../../operations/upstreams/begin-login.ts';
import { findOidc, type LiveOidcUpstream } from '../../operations/upstreams/live-oidc.ts';
import type { Stores } from '../../stores/index.ts';
import { type ProblemDeps, showProblem } from './upstream-problem.ts';

export interface UpstreamLoginDeps extends BeginLoginDeps, ProblemDeps {
  readonly stores: BeginLoginDeps['stores'] & Pick<Stores, 'upstreamTrials'>;
  readonly catalog: { current(): Pick<CatalogSnapshot, 'upstreams'> };
}

const MAX_HINT = 254;
const query = z.object({
  returnTo: localPathSchema.default('/'),
  login_hint: z.string().max(MAX_HINT).optional(),
  /** Once more, signed in or not. */
  fresh: z.string().optional(),
  /** Begins a test: nobody is signed in by it. */
  test: z.string().max(100).optional(),
});

/** `GET /upstream/{slug}/login?returnTo=&login_hint=`: sends the browser to the directory. */
export function beginAtUpstream(deps: UpstreamLoginDeps): Middleware {
  return async (ctx) => {
    const { returnTo, login_hint: loginHint, fresh, test } = readQuery(ctx, query);
    const { slug = '' } = ctx.params as { slug?: string };
    const live = findOidc(deps.catalog.current().upstreams, slug);
    if (test !== undefined) return beginTest(ctx, deps, { live, token: test });
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

/** @throws {DomainError} `upstream_login_gone`. */
async function beginTest(
  ctx: Context,
  deps: UpstreamLoginDeps,
  { live, token }: { readonly live: LiveOidcUpstream; readonly token: string },
): Promise<void> {
  const trial = await deps.stores.upstreamTrials.findByToken(tokenHash(token), deps.clock.now());
  if (trial?.upstreamId !== live.upstream.id)
    throw new DomainError('upstream_login_gone', undefined);
  const location = await beginLogin(deps, {
    live,
    browserToken: browserToken(ctx, deps),
    purpose: 'test',
    userId: trial.userId,
    returnTo: trialPath(live.upstream.slug, trial.id),
    loginHint: undefined,
    fresh: false,
    ip: clientIp(ctx),
  });
  seeOther(ctx, location.href);
}

/** The same for all tabs of a browser. */
export function browserToken(ctx: Context, { random }: Pick<UpstreamLoginDeps, 'random'>): string {
  const known = readCookie(ctx, 'upstream');
  if (known !== undefined) return known;
  const value = random.token();
  setCookie(ctx, 'upstream', { value });
  return value;
}
