import type { Middleware } from 'koa';
import { clientIp } from '../../http/client-ip.ts';
import { readCookie } from '../../http/cookies.ts';
import type { Forms } from '../../http/form.ts';
import type { Pages } from '../../http/pages.ts';
import { requestReference } from '../../http/request-id.ts';
import { seeOther } from '../../http/see-other.ts';
import { findSignedIn } from '../../http/session.ts';
import { type SignOutDeps, signOut } from '../../operations/sign-out.ts';
import { forgetSession } from './sign-in-cookies.ts';

export interface LogoutPageDeps extends SignOutDeps {
  readonly forms: Forms;
  readonly pages: Pages;
}

/** `POST /logout`: ends the sign-in. */
export function submitLogout(deps: LogoutPageDeps): Middleware {
  return async (ctx) => {
    await deps.forms.read(ctx);
    const token = readCookie(ctx, 'session');
    if (token !== undefined)
      await signOut(deps, { token, ip: clientIp(ctx), requestId: requestReference(ctx) });
    forgetSession(ctx);
    seeOther(ctx, '/logout');
  };
}

/** `GET /logout`: says that it is done. */
export function showLoggedOut({ pages }: LogoutPageDeps): Middleware {
  return (ctx) => {
    if (findSignedIn(ctx)) return seeOther(ctx, '/');
    return pages.show(ctx, 'notice', { notice: 'signed_out', continueHref: '/login' });
  };
}
