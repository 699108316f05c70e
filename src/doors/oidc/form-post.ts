import type { Context } from 'koa';
import { oidcOf } from './realm.ts';

/**
 * `response_mode=form_post` is a page whose form goes to the client by itself. The library has
 * checked the address by then, and has named its script in our policy.
 */
export function allowFormPost(ctx: Context): void {
  const oidc = oidcOf(ctx);
  const redirectUri = oidc?.params?.redirect_uri;
  if (oidc?.params?.response_mode !== 'form_post' || !ctx.response.is('html')) return;
  if (typeof redirectUri !== 'string') return;
  const policy = ctx.response.get('Content-Security-Policy');
  const { origin } = new URL(redirectUri);
  ctx.set('Content-Security-Policy', policy.replace("form-action 'self'", `form-action ${origin}`));
}
