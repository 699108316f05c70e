/**
 * A browser in which somebody signed out. Until the next sign-in the sign-in page leads nowhere by
 * itself: a provider that still knows them would have them in again at once, and nobody else.
 *
 * @module
 */
import type { Context } from 'koa';
import { clearCookie, readCookie, setCookie } from './cookies.ts';
import { setSignedIn } from './session.ts';

export function forgetSession(ctx: Context): void {
  clearCookie(ctx, 'session');
  setCookie(ctx, 'signedOut', { value: 'yes' });
  setSignedIn(ctx, undefined);
}

export function hasSignedOut(ctx: Context): boolean {
  return readCookie(ctx, 'signedOut') !== undefined;
}
