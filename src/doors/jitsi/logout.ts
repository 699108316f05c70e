import type { Middleware } from 'koa';
import { DomainError } from '../../domain/errors.ts';
import { clientIp } from '../../http/client-ip.ts';
import { readCookie } from '../../http/cookies.ts';
import { requestReference } from '../../http/request-id.ts';
import { seeOther } from '../../http/see-other.ts';
import { findSignedIn } from '../../http/session.ts';
import { forgetSession } from '../../http/sign-out-mark.ts';
import { signOutThere, type SignOutThereDeps } from '../../operations/upstreams/sign-out-there.ts';
import type { IssuerCatalog } from '../../operations/issuer-catalog.ts';
import { type SignOutDeps, signOut } from '../../operations/sign-out.ts';
import { slugOf } from './slug-of.ts';

export interface LogoutDeps extends SignOutDeps, SignOutThereDeps {
  readonly stores: SignOutDeps['stores'] & SignOutThereDeps['stores'];
  readonly catalog: Pick<IssuerCatalog, 'current'>;
}

/**
 * `GET /jitsi[/{issuer}]/logout`: Jitsi's `tokenLogoutUrl`. Ends the sign-in, also where it was
 * proved when that upstream is so set, and goes back to the Jitsi server. A GET by Jitsi's own design: the worst it can do is ask a person to sign in again.
 */
export function logout(deps: LogoutDeps): Middleware {
  return async (ctx) => {
    const slug = slugOf(ctx);
    const live = deps.catalog.current().bySlug.get(slug);
    if (!live) throw new DomainError('issuer_not_found', { slug });
    const { serverUrl } = live.issuer;
    if (serverUrl === undefined) throw new DomainError('issuer_without_server', { slug });

    const token = readCookie(ctx, 'session');
    const further = await signOutThere(deps, {
      sessionId: findSignedIn(ctx)?.session.id,
      returnTo: { slug },
      end: async () => {
        if (token !== undefined)
          await signOut(deps, { token, ip: clientIp(ctx), requestId: requestReference(ctx) });
      },
    });
    forgetSession(ctx);
    seeOther(ctx, further?.location ?? serverUrl);
  };
}
