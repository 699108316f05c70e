/**
 * Refuses addresses that are no text: broken percent-encoding, and NUL in any spelling.
 *
 * @module
 */
import type { Middleware } from 'koa';
import { DomainError } from '../domain/errors.ts';

export function refuseMalformed(): Middleware {
  return async (ctx, next) => {
    if (!isText(ctx.path)) throw malformed('path');
    if (/%00|\0/.test(ctx.querystring)) throw malformed('query');
    await next();
  };
}

function isText(path: string): boolean {
  try {
    return !decodeURIComponent(path).includes('\0');
  } catch (error) {
    if (error instanceof URIError) return false;
    throw error;
  }
}

function malformed(path: string): DomainError<'input_invalid'> {
  return new DomainError('input_invalid', { issues: [{ path, message: 'is not valid text' }] });
}
