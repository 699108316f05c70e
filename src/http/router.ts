import { Router } from '@koa/router';

/** A router whose paths are exact: neither a slash more nor other letters' case is the same. */
export function createRouter(prefix = ''): Router {
  return new Router({ prefix, strict: true, sensitive: true });
}
