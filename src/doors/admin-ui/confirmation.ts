/**
 * The password once more, before what matters. Forms ask for it themselves when the sign-in is old
 * as they are shown; for those that grew old in the browser there is a page that takes the change
 * along, so that nothing typed is lost.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import { DomainError, isDomainError } from '../../domain/errors.ts';
import { isFresh } from '../../domain/session.ts';
import { clientIp } from '../../http/client-ip.ts';
import { readCookie } from '../../http/cookies.ts';
import { STATUS } from '../../http/errors.ts';
import type { Forms } from '../../http/form.ts';
import type { Pages } from '../../http/pages.ts';
import { requestReference } from '../../http/request-id.ts';
import { requireSignedIn, setSignedIn } from '../../http/session.ts';
import { type ConfirmPasswordDeps, confirmPassword } from '../../operations/confirm-password.ts';

export interface ConfirmationDeps extends ConfirmPasswordDeps {
  readonly forms: Forms;
  readonly pages: Pages;
}

/** Fields that no page of ours ever holds; `scope.tokens:mint` and a token's life are none of them. */
const SECRET_FIELD = /^(?!scope\.|tokenTtlSeconds$).*(secret|password|privatepem|token)/i;

export function confirmFirst(deps: ConfirmationDeps): Middleware {
  return async (ctx, next) => {
    const { session } = requireSignedIn(ctx);
    if (!isFresh(session, deps.clock.now())) {
      const password = await deps.forms.readConfirmation(ctx);
      if (!password) return ask(ctx, deps, undefined);
      const refusal = await tryToConfirm(ctx, deps, password);
      if (refusal) return ask(ctx, deps, refusal);
    }
    await next();
  };
}

type Refusal = 'password_wrong' | 'login_limited' | 'upstream_unavailable';

async function tryToConfirm(
  ctx: Context,
  deps: ConfirmationDeps,
  password: string,
): Promise<Refusal | undefined> {
  const { user, session } = requireSignedIn(ctx);
  try {
    await confirmPassword(deps, {
      user,
      session,
      password,
      deviceToken: readCookie(ctx, 'device'),
      ip: clientIp(ctx),
      requestId: requestReference(ctx),
    });
    setSignedIn(ctx, { user, session: { ...session, authenticatedAt: deps.clock.now() } });
    return undefined;
  } catch (error) {
    if (!isDomainError(error)) throw error;
    if (error.code === 'password_wrong' || error.code === 'upstream_unavailable') return error.code;
    if (error.code === 'login_limited') {
      ctx.set('Retry-After', String(Math.max(1, Math.ceil(error.details.retryAfterSeconds))));
      return error.code;
    }
    throw error;
  }
}

/** @throws {DomainError} `confirmation_required` when the form holds what no page may repeat. */
async function ask(ctx: Context, deps: ConfirmationDeps, refusal: Refusal | undefined) {
  const fields = Object.entries(await deps.forms.read(ctx));
  if (fields.some(([name, value]) => SECRET_FIELD.test(name) && value !== ''))
    throw new DomainError('confirmation_required', undefined);
  ctx.status = STATUS[refusal ?? 'confirmation_required'];
  deps.pages.show(ctx, 'admin-confirmation', { action: ctx.originalUrl, fields, refusal });
}
