/**
 * Who is this? Set once for a request, read through functions.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import { DomainError } from '../domain/errors.ts';
import type { Session } from '../domain/session.ts';
import type { User } from '../domain/user.ts';
import { readCookie } from './cookies.ts';
import { here } from './here.ts';

export interface SignedIn {
  readonly user: User;
  readonly session: Session;
}

/**
 * Looks the session cookie up, once for a request; without a cookie nothing is asked. `find`
 * answers only for sessions that are alive and users who are not disabled.
 */
export function loadSession(
  find: (secret: string, ctx: Context) => Promise<SignedIn | undefined>,
): Middleware {
  return async (ctx, next) => {
    const secret = readCookie(ctx, 'session');
    if (secret !== undefined) ctx.state.signedIn = await find(secret, ctx);
    await next();
  };
}

/** From here on this request is the person's: what sign-in and setup do. `undefined` signs out. */
export function setSignedIn(ctx: Context, signedIn: SignedIn | undefined): void {
  ctx.state.signedIn = signedIn;
}

export function findSignedIn(ctx: Context): SignedIn | undefined {
  return ctx.state.signedIn as SignedIn | undefined;
}

/** @throws {DomainError} `login_required`, which knows the way back here. */
export function requireSignedIn(ctx: Context): SignedIn {
  const signedIn = findSignedIn(ctx);
  if (!signedIn) throw new DomainError('login_required', { returnTo: here(ctx) });
  return signedIn;
}

/** @throws {DomainError} `login_required` or `admin_required`. */
export function requireAdministrator(ctx: Context): SignedIn {
  const signedIn = requireSignedIn(ctx);
  if (signedIn.user.role !== 'administrator') throw new DomainError('admin_required', undefined);
  return signedIn;
}
