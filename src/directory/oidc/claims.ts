/**
 * What a provider says of a person: its ID token, and userinfo where that says too little.
 *
 * @module
 */
import { claimsRead } from '../../domain/upstreams/claims-read.ts';
import type { Assertion, OidcUpstream, UpstreamClaims } from '../../domain/upstreams/upstream.ts';

const USUAL = ['name', 'email', 'preferred_username'];
/** Of the transport, not of the person. */
const PASSING = new Set(['nonce', 'at_hash', 'c_hash', 's_hash', 'jti']);

/** Whether the ID token lacks something that people are usually known by, or a rule reads. */
export function isThin(upstream: OidcUpstream, claims: UpstreamClaims): boolean {
  return [...USUAL, ...claimsRead(upstream)].some((name) => claims[name] === undefined);
}

/** What is signed counts first. An address and whether it was verified come from one place. */
export function mergeClaims(
  token: UpstreamClaims,
  userinfo: UpstreamClaims | undefined,
): UpstreamClaims {
  if (!userinfo) return token;
  const merged = { ...userinfo, ...token };
  if (token.email !== undefined && token.email === userinfo.email) return merged;
  const { email_verified: _either, ...rest } = merged;
  const verified =
    token.email === undefined ? verifiedThere(token, userinfo) : token.email_verified;
  return verified === undefined ? rest : { ...rest, email_verified: verified };
}

/** Of an address that userinfo alone names: what is signed may deny it, and vouches for none. */
function verifiedThere(token: UpstreamClaims, userinfo: UpstreamClaims): unknown {
  const isDenied = token.email_verified !== undefined && token.email_verified !== true;
  return isDenied ? token.email_verified : userinfo.email_verified;
}

export function toAssertion(upstream: OidcUpstream, claims: UpstreamClaims): Assertion {
  return {
    subject: String(claims.sub),
    claims: withVerifiedEmail(upstream, storable(claims)),
    disabled: false,
    mfa: Array.isArray(claims.amr) && claims.amr.includes('mfa'),
    picture: undefined,
  };
}

function withVerifiedEmail({ quirks }: OidcUpstream, claims: UpstreamClaims): UpstreamClaims {
  const { email, ...rest } = claims;
  const isBelieved =
    claims.email_verified === true ||
    (claims.email_verified === undefined && quirks.includes('email_verified_missing'));
  return isBelieved && email !== undefined ? { ...rest, email } : rest;
}

function storable(claims: UpstreamClaims): UpstreamClaims {
  const kept = Object.entries(claims).filter(([name]) => !PASSING.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [fit(name), clean(value)]));
}

/** Postgres takes no NUL and no half a letter, and people write into these claims elsewhere. */
function clean(value: unknown): unknown {
  if (typeof value === 'string') return fit(value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [fit(name), clean(member)]),
  );
}

const fit = (text: string) => text.replaceAll(/[\0\p{Surrogate}]/gu, '\uFFFD');
