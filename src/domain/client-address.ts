/**
 * The addresses a client may name. They are compared letter by letter, so what is taken here is
 * only what a browser sends as it is written.
 *
 * @module
 */
import { isLocalHost } from './local-host.ts';

export interface AddressFault {
  readonly message: string;
  readonly hint?: string;
}

/** What is wrong with an address that people are sent back to. */
export function faultOfRedirect(value: string): AddressFault | undefined {
  const url = URL.parse(value);
  if (!url)
    return { message: 'must be an address such as https://meet.example.org/static/sso.html' };
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { message: 'must begin with https://' };
  if (url.username || url.password) return { message: 'must not hold a user name or password' };
  if (value.includes('#')) return { message: 'must not have a fragment' };
  if (/[;,']/.test(url.host)) return { message: 'names no host that can be' };
  if (value.includes('*'))
    return {
      message: 'must be one exact address',
      hint: 'name each address: there are no wildcards',
    };
  if (url.protocol === 'http:' && !isLocalHost(url))
    return { message: 'must begin with https://', hint: 'http is for this machine alone' };
  // `https://x.example` and `https://x.example/` are one address to browsers.
  if (url.href === value || url.href === `${value}/`) return undefined;
  return { message: 'is not written as browsers send it', hint: `write ${url.href}` };
}

/** What is wrong with the origin of a web page. */
export function faultOfOrigin(value: string): AddressFault | undefined {
  const url = URL.parse(value);
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (!url || !isWeb) return { message: 'must be an origin such as https://meet.example.org' };
  if (/[;,']/.test(url.host)) return { message: 'names no host that can be' };
  if (url.origin === value) return undefined;
  return { message: 'must be an origin, without a path', hint: `write ${url.origin}` };
}
