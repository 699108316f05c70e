/**
 * Failures before the protocol begins: no such realm, another method, a request that is no HTTP.
 * People get our page; programs get JSON as the protocol has it (RFC 6749, section 5.2).
 *
 * @module
 */
import type { ErrorRenderer } from '../../http/errors.ts';

const PAGES =
  /^\/realms\/[^/]+\/(protocol\/openid-connect\/(auth|logout)|interaction|sign-out)(\/|$)/;

export function realmErrors(pages: ErrorRenderer): ErrorRenderer {
  return (ctx, answer) => {
    if (PAGES.test(ctx.path)) return pages(ctx, answer);
    const { code, reference, status } = answer;
    const said = `${code.replaceAll('_', ' ')} (reference ${reference})`;
    ctx.set('Cache-Control', 'no-store');
    ctx.body = { error: errorOf(status), error_description: said };
  };
}

function errorOf(status: number): string {
  if (status === 503) return 'temporarily_unavailable';
  return status >= 500 ? 'server_error' : 'invalid_request';
}
