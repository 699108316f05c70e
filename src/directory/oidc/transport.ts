/**
 * The library's requests, sent the one way on which requests of ours go outside.
 *
 * @module
 */
import type { CustomFetch, FetchBody } from 'openid-client';
import type { SendOutside } from '../../domain/fetched.ts';
import { isLocalHost } from '../../domain/local-host.ts';
import type { OidcFault } from '../../domain/upstreams/oidc-fault.ts';

export interface Transport {
  readonly send: SendOutside;
  /** Whether plain http is fine on this very machine: `ALLOW_LOOPBACK`. */
  readonly allowLoopback: boolean;
}

/** Through the library and out again. */
export class TransportError extends Error {
  override readonly name = 'TransportError';
  readonly fault: OidcFault;

  constructor(fault: OidcFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

/** Secrets and tokens go by https, or to nobody else's machine. */
export function isSafeAddress(address: URL, { allowLoopback }: Transport): boolean {
  if (address.protocol === 'https:') return true;
  return address.protocol === 'http:' && allowLoopback && isLocalHost(address);
}

export function fetchThrough(transport: Transport): CustomFetch {
  return async (url, { body, headers, method }) => {
    const address = new URL(url);
    if (!isSafeAddress(address, transport))
      throw new TransportError('address_insecure', `${address.origin} is not https`);
    if (method !== 'GET' && method !== 'POST') throw new TypeError(`${method} is not sent`);
    const outcome = await transport.send({ address, method, headers, body: textOf(body) });
    if (outcome.kind === 'failure') throw new TransportError(outcome.code, outcome.message);

    const { status, text } = outcome;
    if (status < 200 || status === 204 || status > 599)
      throw new TransportError('answer_unexpected', `status ${status}`);
    if (status >= 500) throw new TransportError('answer_unexpected', `status ${status}`);
    return new Response(text, { status, headers: { ...outcome.headers } });
  };
}

function textOf(body: FetchBody): string | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string') return body;
  if (body instanceof URLSearchParams) return body.toString();
  throw new TypeError('only texts are sent');
}
