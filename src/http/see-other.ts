import type { Context } from 'koa';

/**
 * Moves the browser on with a GET, whatever method it came with (RFC 9110, section 15.4.4).
 *
 * `location` is a checked local path or an address made of our own settings, never raw input.
 */
export function seeOther(ctx: Context, location: string): void {
  ctx.status = 303;
  ctx.set('Location', location);
  ctx.body = '';
}
