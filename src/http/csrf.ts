/**
 * Proof that a form was sent from a page of ours, to the very browser that sends it.
 *
 * Two independent checks: the browser's own word (`Sec-Fetch-Site`, else `Origin`), and a token in
 * the form that is a keyed hash of the browser's session cookie or, signed out, visitor cookie.
 *
 * @module
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Context } from 'koa';
import type { Random } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import { readCookie, setCookie } from './cookies.ts';

export interface Csrf {
  /** The token for a form on this answer; gives a new browser its visitor cookie. */
  token(ctx: Context): string;
  /** @throws {DomainError} `csrf_mismatch`. */
  checkToken(ctx: Context, submitted: string | undefined): void;
  /** @throws {DomainError} `origin_mismatch`. */
  checkOrigin(ctx: Context): void;
}

/** `key` is 32 bytes, the same in all processes. */
export function createCsrf(key: Buffer, random: Pick<Random, 'token'>): Csrf {
  const bind = (kind: 'session' | 'visitor', value: string) =>
    createHmac('sha256', key).update(`csrf:${kind}:${value}`).digest('base64url');

  const expected = (ctx: Context) => {
    const session = readCookie(ctx, 'session');
    if (session !== undefined) return bind('session', session);
    const visitor = readCookie(ctx, 'visitor');
    return visitor === undefined ? undefined : bind('visitor', visitor);
  };

  return {
    token(ctx) {
      const fresh = ctx.state.visitor as string | undefined;
      if (fresh !== undefined) return bind('visitor', fresh);
      const known = expected(ctx);
      if (known !== undefined) return known;

      const value = random.token();
      ctx.state.visitor = value;
      setCookie(ctx, 'visitor', { value });
      return bind('visitor', value);
    },
    checkToken(ctx, submitted) {
      const token = expected(ctx);
      if (token === undefined || submitted === undefined || !isSame(token, submitted))
        throw new DomainError('csrf_mismatch', undefined);
    },
    checkOrigin(ctx) {
      const site = ctx.get('Sec-Fetch-Site');
      const ours = site ? site === 'same-origin' : ctx.get('Origin') === ctx.origin;
      if (!ours) throw new DomainError('origin_mismatch', undefined);
    },
  };
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
