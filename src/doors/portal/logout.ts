import type { Middleware } from 'koa';
import { z } from 'zod';
import { resolveReturn } from '../../domain/sign-out-return.ts';
import { clientIp } from '../../http/client-ip.ts';
import { readCookie } from '../../http/cookies.ts';
import type { Forms } from '../../http/form.ts';
import { MAX_LOCAL_PATH } from '../../http/local-path.ts';
import { readQuery } from '../../http/query.ts';
import type { IssuerCatalog } from '../../operations/issuer-catalog.ts';
import { signOutThere, type SignOutThereDeps } from '../../operations/upstreams/sign-out-there.ts';
import { otherWays } from './upstream-problem.ts';
import type { Pages } from '../../http/pages.ts';
import { requestReference } from '../../http/request-id.ts';
import { seeOther } from '../../http/see-other.ts';
import { findSignedIn } from '../../http/session.ts';
import { type SignOutDeps, signOut } from '../../operations/sign-out.ts';
import { forgetSession } from '../../http/sign-out-mark.ts';

export interface LogoutPageDeps extends SignOutDeps, SignOutThereDeps {
  readonly stores: SignOutDeps['stores'] & SignOutThereDeps['stores'];
  readonly catalog: Pick<IssuerCatalog, 'current'>;
  readonly forms: Forms;
  readonly pages: Pages;
}

/** `POST /logout`: ends the sign-in. */
export function submitLogout(deps: LogoutPageDeps): Middleware {
  return async (ctx) => {
    await deps.forms.read(ctx);
    const token = readCookie(ctx, 'session');
    const further = await signOutThere(deps, {
      sessionId: findSignedIn(ctx)?.session.id,
      returnTo: undefined,
      end: async () => {
        if (token !== undefined)
          await signOut(deps, { token, ip: clientIp(ctx), requestId: requestReference(ctx) });
      },
    });
    forgetSession(ctx);
    if (!further) return seeOther(ctx, '/logout');
    const { location: href, name } = further;
    return deps.pages.show(ctx, 'upstream-onward', { href, name, deed: 'sign_out' });
  };
}

const query = z.looseObject({ state: z.string().max(MAX_LOCAL_PATH).optional() });

/** `GET /logout?state=`: says that it is done; after the upstream's own, goes where that was for. */
export function showLoggedOut({ pages, catalog }: LogoutPageDeps): Middleware {
  return (ctx) => {
    if (findSignedIn(ctx)) return seeOther(ctx, '/');
    const { state } = readQuery(ctx, query);
    const { bySlug } = catalog.current();
    const onward = state && resolveReturn(state, (slug) => bySlug.get(slug)?.issuer);
    if (onward) return seeOther(ctx, onward);
    return pages.show(ctx, 'notice', { notice: 'signed_out', continueHref: otherWays() });
  };
}
