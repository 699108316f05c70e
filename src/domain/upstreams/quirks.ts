/**
 * What some providers do against the letter of OpenID Connect, and may be let pass one by one.
 *
 * @module
 */
export const OIDC_QUIRKS = [
  /** `at_hash` of its ID tokens does not fit the access token. */
  'at_hash_wrong',
  /** Its ID tokens name audiences nobody listed. */
  'audiences_unlisted',
  /** It says nothing of whether an e-mail address was verified: its addresses count. */
  'email_verified_missing',
  /** It promises the `iss` parameter (RFC 9207) and leaves it out. */
  'iss_parameter_missing',
  /** Its own name for itself differs from `issuerUrl` by a slash at the end. */
  'issuer_slash_differs',
  /** Its clock is up to five minutes wrong. */
  'clock_wrong',
  /** Userinfo answers to POST alone. */
  'userinfo_by_post',
] as const;
export type OidcQuirk = (typeof OIDC_QUIRKS)[number];
