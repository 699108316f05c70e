/**
 * What the library throws, as a fault of ours. Its errors hold whole answers, tokens among them:
 * nothing of them goes on but names.
 *
 * @module
 */
import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';
import { type AnyDomainError, DomainError, isDomainError } from '../../domain/errors.ts';
import { oidcError } from '../../domain/upstreams/oidc-error.ts';
import type { OidcFault } from '../../domain/upstreams/oidc-fault.ts';
import type { OidcUpstream } from '../../domain/upstreams/upstream.ts';
import { TransportError } from './transport.ts';

/** Which part of the way it happened on. */
export type Stage = 'callback' | 'token' | 'userinfo';

export function toDomainError(
  upstream: OidcUpstream,
  stage: Stage,
  error: unknown,
): AnyDomainError {
  if (isDomainError(error)) return error;
  const transport = within(error, TransportError);
  if (transport) return oidcError(upstream, transport.fault, transport.message);
  if (error instanceof AuthorizationResponseError) return refusal(upstream, error.error);
  const { fault, detail } = judge(stage, error);
  return oidcError(upstream, fault, detail);
}

/** @param said By whoever holds the address bar: only a code of the known shape is repeated. */
function refusal({ slug, name }: OidcUpstream, said: string): AnyDomainError {
  const error = /^[a-z][a-z_]{0,39}$/.test(said) ? said : 'unknown';
  return new DomainError('upstream_refused', { slug, name, error });
}

interface Judgement {
  readonly fault: OidcFault;
  readonly detail?: string;
}

function judge(stage: Stage, error: unknown): Judgement {
  if (stage === 'userinfo') return judgeUserinfo(error);
  if (error instanceof ResponseBodyError) return judgeBody(error.error);
  if (!(error instanceof ClientError)) return judgeOther(error);
  const claim = claimOf(error);
  const fault = CLAIM_FAULTS[`${error.code} ${claim}`] ?? CODE_FAULTS[error.code ?? ''];
  return fault ? { fault, detail: claim } : judgeWords(stage, error);
}

const CODE_FAULTS: Readonly<Record<string, OidcFault>> = {
  OAUTH_JWT_CLAIM_COMPARISON_FAILED: 'id_token_wrong',
  OAUTH_JWT_TIMESTAMP_CHECK_FAILED: 'id_token_expired',
  OAUTH_KEY_SELECTION_FAILED: 'key_not_found',
  OAUTH_MISSING_SERVER_METADATA: 'endpoint_missing',
  OAUTH_INVALID_SERVER_METADATA: 'endpoint_missing',
  OAUTH_RESPONSE_IS_NOT_JSON: 'answer_unexpected',
  OAUTH_RESPONSE_IS_NOT_CONFORM: 'answer_unexpected',
};

const CLAIM_FAULTS: Readonly<Record<string, OidcFault>> = {
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED iss': 'id_token_issuer_wrong',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED aud': 'audience_wrong',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED azp': 'audience_wrong',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED nonce': 'nonce_wrong',
};

/** Of errors whose code says too little: the library's own words, which name no value. */
function judgeWords(stage: Stage, error: ClientError): Judgement {
  const words = error.cause instanceof Error ? error.cause.message : error.message;
  if (/"iss" \(issuer\) missing/.test(words)) return { fault: 'iss_parameter_missing' };
  if (/"iss" \(issuer\) response parameter/.test(words)) return { fault: 'issuer_mixed_up' };
  if (stage === 'callback') return { fault: 'answer_incomplete' };
  if (/signature verification failed/i.test(words)) return { fault: 'signature_wrong' };
  if (/"nonce"/.test(words)) return { fault: 'nonce_wrong' };
  if (/"id_token" property/.test(words)) return { fault: 'id_token_missing' };
  return { fault: 'id_token_wrong', detail: error.code ?? '' };
}

function judgeBody(error: string): Judgement {
  if (error === 'invalid_client' || error === 'unauthorized_client')
    return { fault: 'client_refused' };
  if (error === 'invalid_grant') return { fault: 'code_refused' };
  return { fault: 'token_refused', detail: /^\w{1,40}$/.test(error) ? error : '' };
}

/** A challenge in a header instead of an error in the body: it is our client that is refused. */
function judgeOther(error: unknown): Judgement {
  if (error instanceof Error && error.name === 'WWWAuthenticateChallengeError')
    return { fault: 'client_refused' };
  throw error;
}

function judgeUserinfo(error: unknown): Judgement {
  const isSubject = error instanceof ClientError && attributeOf(error) === 'sub';
  return { fault: isSubject ? 'subject_differs' : 'userinfo_refused' };
}

function claimOf(error: ClientError): string {
  return named(causesOf(error), 'claim');
}

function attributeOf(error: ClientError): string {
  return named(causesOf(error), 'attribute');
}

function named(causes: readonly unknown[], member: 'claim' | 'attribute'): string {
  for (const cause of causes)
    if (typeof cause === 'object' && cause !== null && member in cause) {
      const value = (cause as Record<typeof member, unknown>)[member];
      if (typeof value === 'string') return value;
    }
  return '';
}

function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = [];
  let cause = error;
  while (cause !== undefined && causes.length < 5) {
    causes.push(cause);
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return causes;
}

function within<Kind>(error: unknown, kind: new (...args: never[]) => Kind): Kind | undefined {
  return causesOf(error).find((cause): cause is Kind => cause instanceof kind);
}
