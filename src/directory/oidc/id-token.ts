/**
 * What the library leaves to us of an ID token whose signature, issuer, audience, nonce and times
 * it has checked.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { oidcError } from '../../domain/upstreams/oidc-error.ts';
import type { OidcFault } from '../../domain/upstreams/oidc-fault.ts';
import type { OidcUpstream, UpstreamClaims } from '../../domain/upstreams/upstream.ts';

export interface CheckedToken {
  readonly idToken: string;
  readonly accessToken: string;
  readonly claims: UpstreamClaims;
  /** The person must have signed in there since then. */
  readonly freshSince: Date | undefined;
}

/** @throws {DomainError} `upstream_not_believed`. */
export function checkIdToken(upstream: OidcUpstream, token: CheckedToken): void {
  const fault = faultOf(upstream, token);
  if (fault) throw oidcError(upstream, fault);
}

function faultOf(upstream: OidcUpstream, token: CheckedToken): OidcFault | undefined {
  const { claims } = token;
  if (!isSubject(claims.sub)) return 'subject_unusable';
  if (!areAudiencesKnown(upstream, claims.aud)) return 'audience_wrong';
  if (!upstream.quirks.includes('at_hash_wrong') && !isAtHashRight(token)) return 'at_hash_wrong';
  if (upstream.acrValues.length > 0 && !upstream.acrValues.includes(String(claims.acr)))
    return 'acr_missing';
  return isFresh(upstream, token) ? undefined : 'login_not_fresh';
}

/** OpenID Connect Core 1.0, section 2: 255 ASCII characters at most. */
function isSubject(value: unknown): boolean {
  return typeof value === 'string' && /^[\x20-\x7e]{1,255}$/.test(value);
}

function areAudiencesKnown(
  { audiences, clientId, quirks }: OidcUpstream,
  audience: unknown,
): boolean {
  if (quirks.includes('audiences_unlisted')) return true;
  const named = Array.isArray(audience) ? audience : [audience];
  return named.every((one) => one === clientId || audiences.includes(String(one)));
}

/** OpenID Connect Core 1.0, section 3.1.3.6: the left half of the hash the token is signed with. */
function isAtHashRight({ idToken, accessToken, claims }: CheckedToken): boolean {
  if (claims.at_hash === undefined) return true;
  const header = JSON.parse(Buffer.from(idToken.split('.')[0] ?? '', 'base64url').toString());
  const bits = /(?:256|384|512)$/.exec(String(header.alg))?.[0] ?? '512';
  const digest = createHash(`sha${bits}`).update(accessToken, 'ascii').digest();
  return claims.at_hash === digest.subarray(0, digest.length / 2).toString('base64url');
}

const CLOCK_SECONDS = 30;
const WRONG_CLOCK_SECONDS = 300;

/** How much two clocks may differ. */
export function toleranceOf({ quirks }: OidcUpstream): number {
  return quirks.includes('clock_wrong') ? WRONG_CLOCK_SECONDS : CLOCK_SECONDS;
}

function isFresh(upstream: OidcUpstream, { claims, freshSince }: CheckedToken): boolean {
  if (!freshSince) return true;
  const earliest = freshSince.getTime() / 1000 - toleranceOf(upstream);
  return typeof claims.auth_time === 'number' && claims.auth_time >= earliest;
}
