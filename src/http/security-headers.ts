/**
 * What every answer says about how it may be used.
 *
 * `Referrer-Policy: same-origin` and not `no-referrer`: with the latter browsers send
 * `Origin: null` on our own forms. No `Cross-Origin-Opener-Policy` where Jitsi's sign-in popup
 * passes: it would lose its opener, and one answer of a redirect chain is enough for that.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';

/** Origins a page may name beyond our own. */
export interface PageOrigins {
  /** Where its forms may end; browsers check the whole chain of redirects. */
  readonly formAction?: readonly string[];
  readonly image?: readonly string[];
}

const POPUP_PATH = /^\/(?:login|language|upstream|callback|oidc|realms)(?:\/|$)/;
const ONE_YEAR_SECONDS = 31_536_000;

export function securityHeaders(): Middleware {
  const narrowest = contentSecurityPolicy({});
  return async (ctx, next) => {
    ctx.set({
      'Cache-Control': 'no-store',
      'Content-Security-Policy': narrowest,
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Permissions-Policy':
        'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), publickey-credentials-get=(self), publickey-credentials-create=(self)',
      'Referrer-Policy': 'same-origin',
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
    });
    if (!POPUP_PATH.test(ctx.path)) ctx.set('Cross-Origin-Opener-Policy', 'same-origin');
    if (ctx.secure) ctx.set('Strict-Transport-Security', `max-age=${ONE_YEAR_SECONDS}`);
    await next();
  };
}

/** Widens this answer's policy by the origins a page names. */
export function allowOrigins(ctx: Context, origins: PageOrigins): void {
  ctx.set('Content-Security-Policy', contentSecurityPolicy(origins));
}

/** @throws {TypeError} when something that should be an address is none. */
export function contentSecurityPolicy({ formAction = [], image = [] }: PageOrigins): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    ["img-src 'self' data:", ...image.map(toOrigin)].join(' '),
    "font-src 'self'",
    "connect-src 'self'",
    ["form-action 'self'", ...formAction.map(toOrigin)].join(' '),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Only scheme, host and port: nothing else of an address may get into a header. */
function toOrigin(address: string): string {
  const { origin, protocol } = new URL(address);
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError('not a web address');
  return origin;
}
