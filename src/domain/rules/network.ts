/**
 * Addresses and networks, as rules compare them. An IPv4 address mapped into IPv6 is the IPv4 one.
 *
 * @module
 */
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Network = readonly [Address, number];

/** `undefined` when it is no IP address. */
export function parseAddress(text: string): Address | undefined {
  return ipaddr.isValid(text) ? ipaddr.process(text) : undefined;
}

/** Reads `10.0.0.0/8`, `2001:db8::/32`, or a lone address; `undefined` when it is none of these. */
export function parseNetwork(text: string): Network | undefined {
  if (!text.includes('/')) {
    const address =
      ipaddr.IPv4.isValidFourPartDecimal(text) || text.includes(':')
        ? parseAddress(text)
        : undefined;
    return address && [address, address.kind() === 'ipv4' ? 32 : 128];
  }
  const [host = ''] = text.split('/');
  if (!ipaddr.IPv4.isValidFourPartDecimal(host) && !host.includes(':')) return undefined;
  return ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : undefined;
}

export function isInNetwork(address: Address, [network, bits]: Network): boolean {
  if (address instanceof ipaddr.IPv4 && network instanceof ipaddr.IPv4)
    return address.match(network, bits);
  if (address instanceof ipaddr.IPv6 && network instanceof ipaddr.IPv6)
    return address.match(network, bits);
  return false;
}
