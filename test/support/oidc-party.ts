/**
 * Roomkey as a client of the provider that tests start, without a server of ours in between.
 *
 * @module
 */
import type { JWTPayload } from 'jose';
import { createOidcParties, type OidcParties } from '../../src/directory/oidc/parties.ts';
import type { OidcFault } from '../../src/domain/upstreams/oidc-fault.ts';
import type { OidcUpstream, UpstreamSecrets } from '../../src/domain/upstreams/upstream.ts';
import { createOutgoing, type OutgoingDeps, sendOutside } from '../../src/http/outgoing.ts';
import { movableClock } from '../factories.ts';
import {
  startProvider,
  UPSTREAM_SECRETS,
  type UpstreamProvider,
  upstreamAt,
} from './upstream-provider.ts';

export const REDIRECT = 'https://auth.example.org/upstream/company/callback';

export function partiesOver(deps: Partial<OutgoingDeps> = {}) {
  const clock = movableClock();
  const publicUrl = () => new URL('https://auth.example.org');
  const outgoing = createOutgoing({ publicUrl, allowLoopback: true, ...deps });
  const send = sendOutside(outgoing);
  const { allowLoopback = true } = deps;
  return { clock, parties: createOidcParties({ send, allowLoopback }, clock) };
}

export interface Case {
  readonly overrides?: Partial<OidcUpstream>;
  readonly secrets?: UpstreamSecrets;
  readonly fresh?: boolean;
  /** What somebody does with the address that leads back. */
  readonly meanwhile?: (callback: URL) => void;
  readonly nonce?: string;
}

export const OWN = {
  nonce: 'nonce-canary-of-43-characters-0000000000001',
  verifier: 'verifier-canary-of-43-characters-000000001x',
};

/** The whole way, with the browser played. */
export async function signIn(parties: OidcParties, provider: UpstreamProvider, given: Case = {}) {
  const { overrides = {}, secrets = UPSTREAM_SECRETS, fresh = false, meanwhile } = given;
  const place = { upstream: upstreamAt(provider.issuer, overrides), secrets };
  const state = 'state-canary';
  const freshSince = fresh ? new Date() : undefined;
  const question = { ...OWN, state, redirectUri: REDIRECT, loginHint: undefined, fresh };
  const address = await parties.ask(place, question);
  const callback = await provider.pass(address.href);
  meanwhile?.(callback);
  const proven = await parties.redeem(place, {
    ...OWN,
    ...(given.nonce === undefined ? {} : { nonce: given.nonce }),
    callback,
    state,
    freshSince,
  });
  return { address, callback, ...proven };
}

export const start = (client: Readonly<Record<string, unknown>> = {}) =>
  startProvider({ redirectUris: [REDIRECT], client });

export const failing = (fault: OidcFault) => ({ details: { fault } });

export function wrongHash(claims: JWTPayload): JWTPayload {
  return { ...claims, at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' };
}

export function withAudiences(claims: JWTPayload): JWTPayload {
  return { ...claims, aud: ['roomkey', 'other'], azp: 'roomkey' };
}

export function inSeconds(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

/** Everything an error holds, its causes too. */
export function inspectAll(error: unknown): string {
  if (!(error instanceof Error)) return JSON.stringify(error);
  const own = JSON.stringify(Object.fromEntries(Object.entries(error)));
  return `${error.message} ${error.stack} ${own} ${error.cause === undefined ? '' : inspectAll(error.cause)}`;
}
