/**
 * `/password/{token}`: somebody chooses a password of their own, by a link from an administrator.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import type { PasswordHasher } from '../../crypto/password.ts';
import { isDomainError } from '../../domain/errors.ts';
import { PASSWORD_MIN_LENGTH } from '../../domain/password-policy.ts';
import { clientIp } from '../../http/client-ip.ts';
import { STATUS } from '../../http/errors.ts';
import type { Forms } from '../../http/form.ts';
import type { PageContexts } from '../../http/page-contexts.ts';
import type { Pages } from '../../http/pages.ts';
import { parse } from '../../http/parse.ts';
import { requestReference } from '../../http/request-id.ts';
import { findSignedIn } from '../../http/session.ts';
import {
  checkPasswordLink,
  type UseLinkDeps,
  usePasswordLink,
} from '../../operations/people/password-links.ts';
import { forgetSession } from '../../http/sign-out-mark.ts';

export interface PasswordLinkPageDeps extends UseLinkDeps {
  readonly forms: Forms;
  readonly pages: Pages;
  readonly passwords: Pick<PasswordHasher, 'hash'>;
}

type Fault = PageContexts['password-link']['fault'];

const body = z.strictObject({
  username: z.string().max(1000).optional(),
  password: z.string().max(10_000),
});

/** The form. Looking at it consumes nothing. */
export function showPasswordLink(deps: PasswordLinkPageDeps): Middleware {
  return (ctx) => show(ctx, deps, undefined);
}

/** Consumes the link, unless the password is one we do not take. */
export function submitPasswordLink(deps: PasswordLinkPageDeps): Middleware {
  return async (ctx) => {
    keepQuiet(ctx);
    const { password } = parse(body, await deps.forms.read(ctx), 'body');
    const actor = { ip: clientIp(ctx), requestId: requestReference(ctx) };
    try {
      const user = await usePasswordLink(deps, { token: tokenOf(ctx), password, actor });
      if (findSignedIn(ctx)?.user.id === user.id) forgetSession(ctx);
      deps.pages.show(ctx, 'notice', { notice: 'password_set', continueHref: '/login' });
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'password_weak') throw error;
      ctx.status = STATUS.password_weak;
      await show(ctx, deps, error.details.reasons[0] ?? 'common');
    }
  };
}

async function show(ctx: Context, deps: PasswordLinkPageDeps, fault: Fault): Promise<void> {
  keepQuiet(ctx);
  const token = tokenOf(ctx);
  const { username } = await checkPasswordLink(deps, token);
  deps.pages.show(ctx, 'password-link', {
    token,
    username,
    fault,
    minimumLength: PASSWORD_MIN_LENGTH,
  });
}

/** The address is the secret: nothing the page loads, and no link on it, may tell it on. */
function keepQuiet(ctx: Context): void {
  ctx.set('Referrer-Policy', 'strict-origin');
}

function tokenOf(ctx: Context): string {
  const { params } = ctx as Context & { params: Readonly<Record<string, string>> };
  return params.token ?? '';
}
