/**
 * Whose address a request comes from.
 *
 * Only proxies named in `TRUSTED_PROXIES` may say so in `X-Forwarded-For`; what they say is read
 * from the right, because each proxy appends and only the left is the caller's own invention. A
 * request with forwarding headers from anybody else has no address at all: taking the peer's would
 * count all people behind a proxy nobody configured as one, taking the header's would believe
 * everybody.
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Context, Middleware } from 'koa';
import type { Clock } from '../domain/clock.ts';
import type { Log } from './log.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = [Address, number];

const FORWARDING = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded'];
const WARN_EVERY_MS = 60_000;

export interface ClientIpDeps {
  /** CIDRs or single addresses. */
  readonly trustedProxies: readonly string[];
  readonly log: Pick<Log, 'warn'>;
  readonly clock: Clock;
}

/** @throws {Error} at once, when a range of `trustedProxies` is none. */
export function resolveClientIp({ trustedProxies, log, clock }: ClientIpDeps): Middleware {
  const trusted = trustedProxies.map(toRange);
  const peerOf = rememberPeers();
  let warnedAt = -Infinity;

  return async (ctx, next) => {
    const peer = peerOf(ctx.req.socket);
    ctx.state.ip = findClient(ctx.req, peer, trusted)?.toString();

    const now = clock.now().getTime();
    if (isForwarded(ctx.req) && !isIn(trusted, peer) && now - warnedAt >= WARN_EVERY_MS) {
      warnedAt = now;
      const from = peer?.toString();
      log.warn({ from }, 'forwarding headers from a peer that TRUSTED_PROXIES does not name');
    }
    await next();
  };
}

/** The caller's address in canonical form (IPv4 also when it came mapped), if it can be known. */
export function clientIp(ctx: Context): string | undefined {
  const { ip } = ctx.state;
  return typeof ip === 'string' ? ip : undefined;
}

/** The other end of a connection is read once, however many requests come through it. */
function rememberPeers(): (socket: Socket) => Address | undefined {
  const known = new WeakMap<Socket, { readonly address: Address | undefined }>();
  return (socket) => {
    const peer = known.get(socket) ?? { address: toAddress(socket.remoteAddress ?? '') };
    known.set(socket, peer);
    return peer.address;
  };
}

function findClient(
  request: IncomingMessage,
  peer: Address | undefined,
  trusted: readonly Range[],
): Address | undefined {
  if (!isForwarded(request)) return peer;
  if (!isIn(trusted, peer)) return undefined;

  const hops = [request.headers['x-forwarded-for'] ?? []].flat().join(',').split(',');
  const addresses = hops.map((hop) => toAddress(withoutPort(hop.trim())));
  const client = addresses.findLastIndex((address) => !isIn(trusted, address));
  return addresses[Math.max(client, 0)];
}

function isForwarded(request: IncomingMessage): boolean {
  return FORWARDING.some((name) => request.headers[name] !== undefined);
}

function isIn(ranges: readonly Range[], address: Address | undefined): boolean {
  if (!address) return false;
  return ranges.some(
    ([network, bits]) => network.kind() === address.kind() && address.match([network, bits]),
  );
}

function toRange(text: string): Range {
  const [address, bits] = text.includes('/')
    ? ipaddr.parseCIDR(text)
    : ipaddr.parseCIDR(`${text}/${text.includes(':') ? 128 : 32}`);
  return [address, bits];
}

function toAddress(text: string): Address | undefined {
  return ipaddr.isValid(text) && /[.:]/.test(text) ? ipaddr.process(text) : undefined;
}

/** Some proxies append the port: `192.0.2.1:1234`, `[2001:db8::1]:1234`. */
function withoutPort(hop: string): string {
  return /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop;
}
