/**
 * Where an IP address leads, for those who send requests to addresses somebody configured.
 *
 * @module
 */
import ipaddr from 'ipaddr.js';

/** `forbidden`: this link, the cloud's metadata, many at once, or what no network has. */
export type AddressKind = 'network' | 'loopback' | 'forbidden';

const NETWORK = new Set(['unicast', 'private', 'uniqueLocal', 'carrierGradeNat']);

/** Metadata services that are not link-local: AWS, Google (IPv6), Alibaba, Azure. */
const METADATA = new Set(['fd00:ec2::254', 'fd20:ce::254', '100.100.100.200', '168.63.129.16']);

/** Whether it is one of the internet, and of nobody's own network. */
export function isPublicAddress(text: string): boolean {
  if (kindOfAddress(text) !== 'network') return false;
  const address = ipaddr.process(text);
  if (address.range() !== 'rfc6052') return address.range() === 'unicast';
  return isPublicAddress(address.toByteArray().slice(-4).join('.'));
}

/** @param text An IPv4 or IPv6 address; anything else is forbidden. */
export function kindOfAddress(text: string): AddressKind {
  if (!ipaddr.isValid(text)) return 'forbidden';
  const address = ipaddr.process(text);
  const range = address.range();
  // NAT64 (RFC 6052) carries the IPv4 address in its last four bytes.
  if (range === 'rfc6052') return kindOfAddress(address.toByteArray().slice(-4).join('.'));
  if (METADATA.has(address.toString())) return 'forbidden';
  if (range === 'loopback') return 'loopback';
  return NETWORK.has(range) ? 'network' : 'forbidden';
}
