import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { type AnyDomainError, isDomainError } from '../../domain/errors.ts';
import { PASSWORD_MIN_LENGTH } from '../../domain/password-policy.ts';
import { clientIp } from '../../http/client-ip.ts';
import { readCookie } from '../../http/cookies.ts';
import { STATUS } from '../../http/errors.ts';
import type { Forms } from '../../http/form.ts';
import type { PageContexts } from '../../http/page-contexts.ts';
import type { Pages } from '../../http/pages.ts';
import { parse } from '../../http/parse.ts';
import { requestReference } from '../../http/request-id.ts';
import { requireSignedIn } from '../../http/session.ts';
import { type ChangePasswordDeps, changePassword } from '../../operations/change-password.ts';
import { keepDevice, keepSession } from './sign-in-cookies.ts';

export interface PasswordPageDeps extends ChangePasswordDeps {
  readonly forms: Forms;
  readonly pages: Pages;
}

type Faults = PageContexts['account-password']['form']['faults'];

const body = z.object({
  currentPassword: z.string().max(10_000),
  newPassword: z.string().max(10_000),
});

/** `GET /account/password` */
export function showPassword(deps: PasswordPageDeps): Middleware {
  return (ctx) => show(ctx, deps, {});
}

/** `POST /account/password`: every other sign-in ends; this one goes on under a new secret. */
export function submitPassword(deps: PasswordPageDeps): Middleware {
  return async (ctx) => {
    const { user, session } = requireSignedIn(ctx);
    const passwords = parse(body, await deps.forms.read(ctx), 'body');
    try {
      const started = await changePassword(deps, {
        user,
        session,
        ...passwords,
        deviceToken: readCookie(ctx, 'device'),
        ip: clientIp(ctx),
        userAgent: ctx.get('User-Agent') || undefined,
        requestId: requestReference(ctx),
      });
      keepSession(ctx, started, user);
      keepDevice(ctx, started.deviceToken);
      deps.pages.show(ctx, 'notice', { notice: 'password_changed', continueHref: '/account' });
    } catch (error) {
      const faults = isDomainError(error) ? faultsOf(error) : undefined;
      if (!faults || !isDomainError(error)) throw error;
      ctx.status = STATUS[error.code];
      show(ctx, deps, faults);
    }
  };
}

function faultsOf(error: AnyDomainError): Faults | undefined {
  if (error.code === 'password_wrong') return { currentPassword: 'wrong' };
  if (error.code !== 'password_weak') return undefined;
  return { newPassword: error.details.reasons[0] ?? 'common' };
}

function show(ctx: Context, { pages }: PasswordPageDeps, faults: Faults): void {
  pages.show(ctx, 'account-password', {
    username: requireSignedIn(ctx).user.username,
    form: { values: {}, faults },
    minimumLength: PASSWORD_MIN_LENGTH,
  });
}
