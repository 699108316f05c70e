import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { DomainError, isDomainError } from '../../domain/errors.ts';
import { trialIdIn } from '../../domain/upstreams/trial.ts';
import { clientIp } from '../../http/client-ip.ts';
import { readCookie } from '../../http/cookies.ts';
import { setHere } from '../../http/here.ts';
import { readQuery } from '../../http/query.ts';
import { requestReference } from '../../http/request-id.ts';
import { seeOther } from '../../http/see-other.ts';
import { findSignedIn } from '../../http/session.ts';
import type { ProvenLogin } from '../../directory/oidc/parties.ts';
import { admit, type AdmitDeps } from '../../operations/upstreams/admit.ts';
import {
  type FinishedLogin,
  finishLogin,
  type FinishLoginDeps,
} from '../../operations/upstreams/finish-login.ts';
import type { Stores } from '../../stores/index.ts';
import { linkIdentity } from '../../operations/upstreams/links.ts';
import { requireLinking } from './account-ways.ts';
import { finishTrial, type TryProviderDeps } from '../../operations/upstreams/try-provider.ts';
import { keepSession } from './sign-in-cookies.ts';
import { otherWays, type ProblemDeps, showProblem } from './upstream-problem.ts';

export interface UpstreamCallbackDeps
  extends AdmitDeps,
    FinishLoginDeps,
    ProblemDeps,
    TryProviderDeps {
  readonly catalog: TryProviderDeps['catalog'];
  readonly stores: AdmitDeps['stores'] &
    FinishLoginDeps['stores'] &
    TryProviderDeps['stores'] &
    Pick<Stores, 'upstreamSessions'>;
}

const query = z.looseObject({ state: z.string().max(500).optional() });

/**
 * `GET /upstream/{slug}/callback`, and the callbacks of the bridges: signs in whom the provider
 * vouches for, or links them to the account that asked for it, and moves on to where the person was
 * going.
 */
export function returnFromUpstream(deps: UpstreamCallbackDeps): Middleware {
  return async (ctx) => {
    setHere(ctx, otherWays());
    const { state } = readQuery(ctx, query);
    const finished = await finishOrTell(ctx, deps, state);
    if (!finished) return;
    const { live, login, outcome } = finished;
    if (login.purpose === 'test') return tellTrial(ctx, deps, finished);
    const way = { slug: live.upstream.slug, returnTo: login.returnTo };
    if (outcome.kind === 'failed') {
      showProblem(ctx, deps, { error: outcome.error, way });
      return;
    }
    try {
      await enter(ctx, deps, { finished, proven: outcome.proven });
      seeOther(ctx, login.returnTo);
    } catch (error) {
      if (!isDomainError(error)) throw error;
      showProblem(ctx, deps, { error, way });
    }
  };
}

/** Whoever asked reads what came of it; at a terminal that is somebody else. */
async function tellTrial(
  ctx: Context,
  deps: UpstreamCallbackDeps,
  finished: FinishedLogin,
): Promise<void> {
  const { returnTo } = finished.login;
  const id = trialIdIn(returnTo) ?? '';
  const trial = await deps.stores.upstreamTrials.find(id, deps.clock.now());
  if (!trial) throw new DomainError('upstream_login_gone', undefined);
  await finishTrial(deps, { trial, finished });
  if (trial.userId !== undefined) return seeOther(ctx, returnTo);
  return deps.pages.show(ctx, 'notice', { notice: 'upstream_tested', continueHref: '/' });
}

async function finishOrTell(
  ctx: Context,
  deps: UpstreamCallbackDeps,
  state: string | undefined,
): Promise<FinishedLogin | undefined> {
  try {
    return await finishLogin(deps, {
      path: ctx.path,
      search: ctx.search,
      state,
      browserToken: readCookie(ctx, 'upstream'),
      ip: clientIp(ctx),
      requestId: requestReference(ctx),
    });
  } catch (error) {
    if (!isDomainError(error)) throw error;
    showProblem(ctx, deps, { error, way: undefined });
    return undefined;
  }
}

interface Entry {
  readonly finished: FinishedLogin;
  readonly proven: ProvenLogin;
}

/** Longer ones would make no address to sign out at. */
const MAX_ID_TOKEN = 6000;

async function enter(
  ctx: Context,
  deps: UpstreamCallbackDeps,
  { finished: { live, login }, proven: { assertion, idToken } }: Entry,
): Promise<void> {
  const request = { ip: clientIp(ctx), requestId: requestReference(ctx) };
  if (login.purpose === 'link') {
    const userId = requireLinking(ctx, login.userId);
    await linkIdentity(deps, { userId, upstream: live.upstream, assertion, ...request });
    return;
  }
  if (login.purpose !== 'sign_in') throw new DomainError('upstream_login_gone', undefined);
  const admitted = await admit(deps, {
    upstream: live.upstream,
    assertion,
    methods: assertion.mfa ? ['oidc', 'mfa'] : ['oidc'],
    remember: false,
    previousToken: readCookie(ctx, 'session'),
    renews: login.fresh ? findSignedIn(ctx)?.session : undefined,
    userAgent: ctx.get('User-Agent') || undefined,
    ...request,
  });
  await deps.stores.upstreamSessions.keep(admitted.session.id, {
    upstreamId: live.upstream.id,
    idToken: idToken.length <= MAX_ID_TOKEN ? idToken : '',
  });
  keepSession(ctx, admitted, admitted.user);
}
