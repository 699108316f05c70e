/**
 * The addresses a client may name. They are compared letter by letter, so what is taken here is
 * only what a browser sends as it is written.
 *
 * @module
 */
import { faultText } from './faults.ts';
import { isLocalHost } from './local-host.ts';

export interface AddressFault {
  readonly message: string;
  readonly hint?: string;
}

/** What is wrong with an address that people are sent back to. */
export function faultOfRedirect(value: string): AddressFault | undefined {
  const url = URL.parse(value);
  if (!url) return { message: faultText('address_redirect') };
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { message: faultText('address_scheme') };
  if (url.username || url.password) return { message: faultText('address_login') };
  if (value.includes('#')) return { message: faultText('address_fragment') };
  if (/[;,']/.test(url.host)) return { message: faultText('address_host') };
  if (value.includes('*'))
    return {
      message: faultText('address_exact'),
      hint: faultText('hint_no_wildcards'),
    };
  if (url.protocol === 'http:' && !isLocalHost(url))
    return { message: faultText('address_scheme'), hint: faultText('hint_http_local') };
  // `https://x.example` and `https://x.example/` are one address to browsers.
  if (url.href === value || url.href === `${value}/`) return undefined;
  return {
    message: faultText('address_written'),
    hint: faultText('hint_write', { text: url.href }),
  };
}

/** What is wrong with the origin of a web page. */
export function faultOfOrigin(value: string): AddressFault | undefined {
  const url = URL.parse(value);
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (!url || !isWeb) return { message: faultText('origin') };
  if (/[;,']/.test(url.host)) return { message: faultText('address_host') };
  if (url.origin === value) return undefined;
  return { message: faultText('origin_path'), hint: faultText('hint_write', { text: url.origin }) };
}
