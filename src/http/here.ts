import type { Context } from 'koa';
import { toLocalPath } from './local-path.ts';

/**
 * Where this visit can be taken up again: the address itself when it was a GET, else the page its
 * form stood on, else `/`.
 */
export function here(ctx: Context): string {
  const told: unknown = ctx.state.here;
  if (typeof told === 'string') return told;
  if (ctx.method === 'GET' || ctx.method === 'HEAD') return toLocalPath(ctx.originalUrl) ?? '/';
  const page = URL.parse(ctx.get('Referer'));
  if (!page || page.origin !== ctx.origin) return '/';
  return toLocalPath(page.pathname + page.search) ?? '/';
}

/** For an address that holds a secret, or works once: another is taken up in its place. */
export function setHere(ctx: Context, path: string): void {
  ctx.state.here = path;
}
