/**
 * The reference id of a request: shown on error pages, written in the log and the audit.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import type { Random } from '../domain/clock.ts';

/** Gives each request its reference and tells it to the caller as `X-Request-Id`. */
export function nameRequests(random: Pick<Random, 'reference'>): Middleware {
  return async (ctx, next) => {
    const reference = random.reference();
    ctx.state.reference = reference;
    ctx.set('X-Request-Id', reference);
    await next();
  };
}

/** Eight characters a person can read out; the caller's own `X-Request-Id` is never believed. */
export function requestReference(ctx: Context): string {
  const { reference } = ctx.state;
  return typeof reference === 'string' ? reference : '';
}
