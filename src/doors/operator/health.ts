/**
 * For load balancers and operators:
 *
 *     GET /healthz    the process is alive: never asks the database
 *     GET /readyz     it can serve: the database answers and knows every migration
 *
 * @module
 */
import type { Middleware } from 'koa';

export interface HealthDeps {
  /** Why this process cannot serve now, in a word; `undefined` when it can. */
  readonly notReady: () => Promise<string | undefined>;
}

export function health({ notReady }: HealthDeps): Middleware {
  return async (ctx, next) => {
    if (ctx.path !== '/healthz' && ctx.path !== '/readyz') return next();
    ctx.set('Cache-Control', 'no-store');
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') {
      ctx.set('Allow', 'GET, HEAD');
      ctx.status = 405;
      return undefined;
    }

    const fault = ctx.path === '/readyz' ? await notReady() : undefined;
    ctx.status = fault === undefined ? 200 : 503;
    ctx.type = 'text/plain';
    ctx.body = fault === undefined ? 'ok\n' : `${fault}\n`;
    return undefined;
  };
}
