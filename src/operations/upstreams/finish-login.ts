import { tokenHash } from '../../crypto/digest.ts';
import type { OidcParties, ProvenLogin } from '../../directory/oidc/parties.ts';
import type { RecordedParties } from '../../directory/oidc/recorder.ts';
import type { Clock } from '../../domain/clock.ts';
import { type AnyDomainError, DomainError, isDomainError } from '../../domain/errors.ts';
import type { UpstreamLogin } from '../../domain/upstreams/upstream-login.ts';
import type { TrialStep } from '../../domain/upstreams/trial.ts';
import { callbackPath } from '../../domain/upstreams/upstream.ts';
import type { Stores } from '../../stores/index.ts';
import type { CatalogSnapshot } from '../issuer-catalog.ts';
import { findOidcById, type LiveOidcUpstream } from './live-oidc.ts';

export interface FinishLoginDeps {
  readonly stores: Pick<Stores, 'auditEvents' | 'upstreamLogins'>;
  readonly parties: Pick<OidcParties, 'redeem'>;
  /** For a test, which tells what was sent and received. */
  readonly recordedParties: () => RecordedParties;
  readonly clock: Clock;
  readonly catalog: { current(): Pick<CatalogSnapshot, 'upstreams'> };
  readonly publicUrl: () => URL;
}

export interface FinishLoginInput {
  /** Of ours: where the provider sent the browser, and all it put there. */
  readonly path: string;
  readonly search: string;
  readonly state: string | undefined;
  readonly browserToken: string | undefined;
  readonly ip: string | undefined;
  readonly requestId: string | undefined;
}

export interface FinishedLogin {
  readonly live: LiveOidcUpstream;
  readonly login: UpstreamLogin;
  /** A failure is a value here: the way on is known, and is to be shown. */
  readonly outcome:
    | { readonly kind: 'proven'; readonly proven: ProvenLogin }
    | { readonly kind: 'failed'; readonly error: AnyDomainError };
  /** With what the provider sent along. */
  readonly callback: URL;
  /** Of a test; of others nothing is written down. */
  readonly steps: readonly TrialStep[];
}

/**
 * Takes the answer of a provider, once, in the browser that asked.
 *
 * @throws {DomainError} `upstream_login_gone`.
 */
export async function finishLogin(
  deps: FinishLoginDeps,
  input: FinishLoginInput,
): Promise<FinishedLogin> {
  const { catalog, clock, publicUrl, recordedParties } = deps;
  const { path, search, state = '' } = input;
  const login = await take(deps, input);
  const live = login && findOidcById(catalog.current().upstreams, login.upstreamId);
  if (!live || callbackPath(live.upstream) !== path)
    throw new DomainError('upstream_login_gone', undefined);

  const callback = new URL(publicUrl().origin + path + search);
  const { nonce, verifier, fresh, createdAt: asked } = login;
  const freshSince = fresh ? asked : undefined;
  const isTest = login.purpose === 'test';
  const { parties, steps } = isTest ? recordedParties() : { parties: deps.parties, steps: [] };
  try {
    const answer = { callback, state, nonce, verifier, freshSince };
    const proven = await parties.redeem(live, answer);
    return { live, login, callback, outcome: { kind: 'proven', proven }, steps };
  } catch (error) {
    if (!isDomainError(error)) throw error;
    if (!isTest) await noteRefusal(deps, { input, live, error, now: clock.now() });
    return { live, login, callback, outcome: { kind: 'failed', error }, steps };
  }
}

async function take({ stores, clock }: FinishLoginDeps, { state, browserToken }: FinishLoginInput) {
  if (!state || browserToken === undefined) return undefined;
  const id = tokenHash(state).toString('base64url');
  return stores.upstreamLogins.take(id, tokenHash(browserToken), clock.now());
}

interface Refusal {
  readonly input: FinishLoginInput;
  readonly live: LiveOidcUpstream;
  readonly error: AnyDomainError;
  readonly now: Date;
}

async function noteRefusal(
  { stores }: FinishLoginDeps,
  { input: { ip, requestId }, live, error, now }: Refusal,
): Promise<void> {
  const { slug } = live.upstream;
  await stores.auditEvents.add({
    at: now,
    type: 'session.refused',
    reason: error.code,
    actorName: `upstream:${slug}`,
    details: { upstream: slug, ...causeOf(error) },
    ip,
    requestId,
  });
}

function causeOf(error: AnyDomainError): Record<string, string> {
  if (error.code === 'upstream_refused') return { error: error.details.error };
  if (
    error.code === 'upstream_unavailable' ||
    error.code === 'upstream_answer_wrong' ||
    error.code === 'upstream_not_believed'
  )
    return { fault: error.details.fault, detail: error.details.detail };
  return {};
}
