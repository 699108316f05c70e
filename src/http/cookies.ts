/**
 * Our cookies. On an https public URL each is `__Host-` and Secure, so that no sibling host can
 * plant one; on plain http browsers refuse both, so the bare name is used.
 *
 * @module
 */
import type { Context } from 'koa';

const NAMES = {
  session: 'roomkey',
  /** Binds forms to a browser that is signed out. */
  visitor: 'roomkey-visitor',
  language: 'roomkey-language',
  /** Tells a device that signed in before. */
  device: 'roomkey-device',
  /** Binds a sign-in with an upstream to the browser that began it; all its tabs share it. */
  upstream: 'roomkey-upstream',
  /** Says that somebody signed out here. */
  signedOut: 'roomkey-signed-out',
} as const;

export type CookieName = keyof typeof NAMES;

/** Nothing of ours is longer; more is not worth a hash or a query. */
const MAX_LENGTH = 512;

export function readCookie(ctx: Context, name: CookieName): string | undefined {
  const value = ctx.cookies.get(wireName(ctx, name), { signed: false });
  return value && value.length <= MAX_LENGTH ? value : undefined;
}

/** Without `maxAgeSeconds` the cookie ends with the browser's session. */
export function setCookie(
  ctx: Context,
  name: CookieName,
  cookie: { readonly value: string; readonly maxAgeSeconds?: number },
): void {
  ctx.cookies.set(wireName(ctx, name), cookie.value, {
    ...attributes(ctx),
    ...(cookie.maxAgeSeconds === undefined ? {} : { maxAge: cookie.maxAgeSeconds * 1000 }),
  });
}

export function clearCookie(ctx: Context, name: CookieName): void {
  ctx.cookies.set(wireName(ctx, name), '', { ...attributes(ctx), expires: new Date(0) });
}

function wireName(ctx: Context, name: CookieName): string {
  return ctx.secure ? `__Host-${NAMES[name]}` : NAMES[name];
}

function attributes(ctx: Context) {
  return {
    httpOnly: true,
    overwrite: true,
    path: '/',
    sameSite: 'lax',
    secure: ctx.secure,
    signed: false,
  } as const;
}
