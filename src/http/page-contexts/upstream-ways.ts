/**
 * The pages on the way through an upstream.
 *
 * @module
 */
import type { ErrorCode } from '../../domain/errors.ts';
import type { OidcFault } from '../../domain/upstreams/oidc-fault.ts';

/** What an upstream may say instead of signing somebody in (RFC 6749, OpenID Connect Core). */
export const UPSTREAM_REFUSALS = [
  'access_denied',
  'consent_required',
  'interaction_required',
  'invalid_scope',
  'login_required',
  'server_error',
  'temporarily_unavailable',
  'unmet_authentication_requirements',
] as const;
export type UpstreamRefusal = (typeof UPSTREAM_REFUSALS)[number];

/** Where a sign-in with an upstream begins. */
export interface UpstreamButton {
  readonly name: string;
  readonly href: string;
}

export interface UpstreamWayPages {
  /** A step after a form that leads to another site: `form-action` would hold it back. */
  'upstream-onward': {
    readonly href: string;
    /** Where it leads, for people. */
    readonly name: string;
    readonly deed: 'sign_in' | 'sign_out';
  };
  /** A sign-in with an upstream that came to nothing, and the ways on. */
  'upstream-problem': {
    readonly code: ErrorCode;
    readonly values: Readonly<Record<string, string | number>>;
    readonly fault: OidcFault | undefined;
    /** `other` has `error` in the values. */
    readonly refusal: UpstreamRefusal | 'other' | undefined;
    readonly reference: string;
    readonly retryHref: string | undefined;
    readonly otherHref: string;
  };
}
