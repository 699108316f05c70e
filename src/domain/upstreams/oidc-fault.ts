/**
 * What goes wrong between us and an OpenID provider. Each has words for people: what happened, and
 * what it usually comes from.
 *
 * @module
 */

/** It is down, or nobody may be asked there: found again by itself. */
export const OUT_OF_REACH = [
  'address_insecure',
  'address_refused',
  'answer_unexpected',
  'discovery_unreadable',
  'redirected',
  'too_large',
  'too_slow',
  'unreachable',
] as const;

/** What the browser brought back is not what was asked for. */
export const BROUGHT_BACK_WRONG = [
  'answer_incomplete',
  'code_refused',
  'iss_parameter_missing',
  'issuer_mixed_up',
] as const;

/** It answers, and its answer cannot be believed. */
const NOT_BELIEVED = [
  'acr_missing',
  'at_hash_wrong',
  'audience_wrong',
  'client_key_unusable',
  'client_refused',
  'endpoint_missing',
  'id_token_expired',
  'id_token_issuer_wrong',
  'id_token_missing',
  'id_token_wrong',
  'issuer_wrong',
  'key_not_found',
  'login_not_fresh',
  'nonce_wrong',
  'signature_wrong',
  'subject_differs',
  'subject_unusable',
  'token_refused',
  'userinfo_refused',
] as const;

export const OIDC_FAULTS = [...OUT_OF_REACH, ...BROUGHT_BACK_WRONG, ...NOT_BELIEVED] as const;
export type OidcFault = (typeof OIDC_FAULTS)[number];
