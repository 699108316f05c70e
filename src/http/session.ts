/**
 * Who is this? Set once for a request, read through functions.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import { DomainError } from '../domain/errors.ts';
import { type Permission, permissionsOf } from '../domain/permissions.ts';
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

/**
 * @throws {DomainError} `login_required`; `admin_required` for people without any role,
 *   `permission_required` for those whose role does not go so far.
 */
export function requirePermission(ctx: Context, permission: Permission): SignedIn {
  const signedIn = requireSignedIn(ctx);
  const { role } = signedIn.user;
  if (role === undefined) throw new DomainError('admin_required', undefined);
  if (!permissionsOf(role).includes(permission))
    throw new DomainError('permission_required', { permission });
  return signedIn;
}

/** Whether the person who asks may do it; for what a page shows or leaves out. */
export function may(ctx: Context, permission: Permission): boolean {
  return permissionsOf(findSignedIn(ctx)?.user.role).includes(permission);
}
