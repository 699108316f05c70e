/**
 * The admin door's addresses as data: each names the right it needs, so that none can forget to
 * ask, and the tests can walk them all.
 *
 * @module
 */
import type { Router } from '@koa/router';
import type { Context, Middleware } from 'koa';
import type { Permission } from '../../domain/permissions.ts';
import { createRouter } from '../../http/router.ts';
import { requirePermission } from '../../http/session.ts';
import { type ConfirmationDeps, confirmFirst } from './confirmation.ts';

export interface AdminRoute {
  readonly method: 'GET' | 'POST';
  /** As the router takes it: `/admin/groups/:id`. */
  readonly path: string;
  readonly permission: Permission;
  /** `fresh`: only right after somebody proved who they are. Forms show `confirmation(frame)`. */
  readonly sign: 'any' | 'fresh';
  readonly handle: Middleware;
}

export function get(path: string, permission: Permission, handle: Middleware): AdminRoute {
  return { method: 'GET', path, permission, sign: 'any', handle };
}

export function post(path: string, permission: Permission, handle: Middleware): AdminRoute {
  return { method: 'POST', path, permission, sign: 'any', handle };
}

/** For keys, rules, roles, secrets: the password is asked for again after 15 minutes. */
export function freshPost(path: string, permission: Permission, handle: Middleware): AdminRoute {
  return { method: 'POST', path, permission, sign: 'fresh', handle };
}

export function mountAdminRoutes(routes: readonly AdminRoute[], deps: ConfirmationDeps): Router {
  const router = createRouter();
  for (const { method, path, permission, sign, handle } of routes) {
    const steps = [
      demand(permission),
      ...(sign === 'fresh' ? [confirmFirst(deps)] : []),
      handle,
    ] as const;
    if (method === 'GET') router.get(path, ...steps);
    else router.post(path, ...steps);
  }
  return router;
}

function demand(permission: Permission): Middleware {
  return async (ctx, next) => {
    requirePermission(ctx, permission);
    await next();
  };
}

/** A part of the address; the router knows that it is there. */
export function param(ctx: Context, name: string): string {
  const { params } = ctx as Context & { params: Readonly<Record<string, string>> };
  return params[name] ?? '';
}
