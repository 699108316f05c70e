/**
 * Which methods an address answers: 405 with `Allow` for the others, 404 for no address at all.
 *
 * @module
 */
import type { Layer } from '@koa/router';
import type { Context, Middleware } from 'koa';
import { DomainError } from '../domain/errors.ts';

/** Mount after the routers: what comes here was answered by none of them. */
export function refuseUnanswered(): Middleware {
  return (ctx) => {
    const matched = (ctx as Context & { matched?: Layer[] }).matched ?? [];
    const allow = [...new Set(matched.flatMap((layer) => layer.methods))];
    if (allow.length === 0) throw new DomainError('page_not_found', undefined);
    throw new DomainError('method_not_allowed', { allow });
  };
}

/** For routes that mint or consume: Koa's router would run a GET handler for HEAD too. */
export function getOnly(): Middleware {
  return async (ctx, next) => {
    if (ctx.method !== 'GET') throw new DomainError('method_not_allowed', { allow: ['GET'] });
    await next();
  };
}
