/**
 * One line for each request: method, path, status, time, reference.
 *
 * Never the query string, cookies, headers or bodies: tokens, room names and passwords are there.
 *
 * @module
 */
import type { Middleware } from 'koa';
import type { Clock } from '../domain/clock.ts';
import type { Log } from './log.ts';
import { requestReference } from './request-id.ts';

const MAX_PATH = 200;
/** Where what follows is a secret. */
const SECRET_PATH = /^(\/password\/).+/i;

export function logRequests(log: Pick<Log, 'info'>, clock: Clock): Middleware {
  return async (ctx, next) => {
    const start = clock.now().getTime();
    try {
      await next();
    } finally {
      const ms = clock.now().getTime() - start;
      const { method, status } = ctx;
      const reference = requestReference(ctx);
      log.info({ method, path: pathOf(ctx.path), status, ms, reference }, 'request');
    }
  };
}

function pathOf(path: string): string {
  return path.replace(SECRET_PATH, '$1…').slice(0, MAX_PATH);
}
