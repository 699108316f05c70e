/**
 * Roomkey as a relying party of OpenID providers: code flow with PKCE, state, nonce and `iss`,
 * each always (RFC 9700, section 2.1).
 *
 * The keys of a provider are fetched for each sign-in: one that was withdrawn counts no more, one
 * that is new counts at once.
 *
 * @module
 */
import * as openid from 'openid-client';
import type { Clock } from '../../domain/clock.ts';
import type {
  Assertion,
  OidcPrompt,
  OidcUpstream,
  UpstreamClaims,
  UpstreamSecrets,
} from '../../domain/upstreams/upstream.ts';
import { isThin, mergeClaims, toAssertion } from './claims.ts';
import { clientAuth } from './client-auth.ts';
import { type Stage, toDomainError } from './failures.ts';
import { checkIdToken, toleranceOf } from './id-token.ts';
import { createProviderFinder } from './provider.ts';
import { fetchThrough, type Transport } from './transport.ts';

/** An upstream as a process holds it. */
export interface OidcPlace {
  readonly upstream: OidcUpstream;
  readonly secrets: UpstreamSecrets;
}

/** What only we know of a sign-in under way. */
export interface LoginSecrets {
  readonly nonce: string;
  /** PKCE, RFC 7636. */
  readonly verifier: string;
}

export interface LoginQuestion extends LoginSecrets {
  readonly redirectUri: string;
  readonly state: string;
  readonly loginHint: string | undefined;
  /** The person must sign in there once more, signed in or not. */
  readonly fresh: boolean;
}

export interface LoginAnswer extends LoginSecrets {
  /** Our callback, with what the provider put on it. */
  readonly callback: URL;
  readonly state: string;
  readonly freshSince: Date | undefined;
}

export interface ProvenLogin {
  readonly assertion: Assertion;
  /** For its sign-out. */
  readonly idToken: string;
  /** All that was said, verified or not: what a test of the upstream shows. */
  readonly said: {
    readonly idToken: UpstreamClaims;
    readonly userinfo: UpstreamClaims | undefined;
  };
}

export interface SignOutQuestion {
  readonly idToken: string;
  readonly returnTo: string;
  readonly state: string | undefined;
}

/** Each throws a `DomainError`: `upstream_unavailable`, `upstream_answer_wrong`, `upstream_not_believed`, `upstream_refused`. */
export interface OidcParties {
  /** Where the browser goes to sign in. */
  ask(place: OidcPlace, question: LoginQuestion): Promise<URL>;
  /** Redeems what came back, and checks it. */
  redeem(place: OidcPlace, answer: LoginAnswer): Promise<ProvenLogin>;
  /** Where the browser goes to sign out; `undefined` when the provider has no such place. */
  signOutAt(place: OidcPlace, question: SignOutQuestion): Promise<URL | undefined>;
}

export function createOidcParties(transport: Transport, clock: Clock): OidcParties {
  const provider = createProviderFinder(transport, clock);

  const configure = async ({ upstream, secrets }: OidcPlace) => {
    const metadata = await provider.find(upstream);
    const client = { [openid.clockTolerance]: toleranceOf(upstream) };
    const auth = await clientAuth(upstream, secrets);
    const configuration = new openid.Configuration(metadata, upstream.clientId, client, auth);
    configuration[openid.customFetch] = fetchThrough(transport);
    if (transport.allowLoopback) openid.allowInsecureRequests(configuration);
    openid.enableNonRepudiationChecks(configuration);
    return configuration;
  };

  return {
    ask: async (place, question) => {
      const configuration = await configure(place);
      return openid.buildAuthorizationUrl(
        configuration,
        await parametersOf(place.upstream, question),
      );
    },
    redeem: async (place, answer) => redeem(await configure(place), place.upstream, answer),
    signOutAt: async (place, { idToken, returnTo, state }) => {
      const configuration = await configure(place);
      if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
      return openid.buildEndSessionUrl(configuration, {
        id_token_hint: idToken,
        post_logout_redirect_uri: returnTo,
        ...(state === undefined ? {} : { state }),
      });
    },
  };
}

async function parametersOf(
  { scopes, acrValues, prompt }: OidcUpstream,
  question: LoginQuestion,
): Promise<Record<string, string>> {
  const wanted: OidcPrompt | undefined = question.fresh ? 'login' : prompt;
  return {
    redirect_uri: question.redirectUri,
    scope: scopes.join(' '),
    state: question.state,
    nonce: question.nonce,
    code_challenge: await openid.calculatePKCECodeChallenge(question.verifier),
    code_challenge_method: 'S256',
    ...(acrValues.length > 0 ? { acr_values: acrValues.join(' ') } : {}),
    ...(wanted === undefined ? {} : { prompt: wanted }),
    // Asked for so, a provider must say when the person signed in there.
    ...(question.fresh ? { max_age: '0' } : {}),
    ...(question.loginHint === undefined ? {} : { login_hint: question.loginHint }),
  };
}

async function redeem(
  configuration: openid.Configuration,
  upstream: OidcUpstream,
  answer: LoginAnswer,
): Promise<ProvenLogin> {
  const { callback, state, nonce, verifier, freshSince } = answer;
  const isWhole = callback.searchParams.has('code');
  const stage = isWhole ? 'token' : 'callback';
  const tokens = await or(upstream, stage, () =>
    openid.authorizationCodeGrant(configuration, callback, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    }),
  );
  const { access_token: accessToken, id_token: idToken = '' } = tokens;
  const signed: UpstreamClaims = { ...tokens.claims() };
  checkIdToken(upstream, { idToken, accessToken, claims: signed, freshSince });

  const hasMore = configuration.serverMetadata().userinfo_endpoint !== undefined;
  const userinfo =
    hasMore && isThin(upstream, signed)
      ? await or(upstream, 'userinfo', () =>
          askUserinfo(configuration, upstream, { accessToken, subject: String(signed.sub) }),
        )
      : undefined;
  const assertion = toAssertion(upstream, mergeClaims(signed, userinfo));
  return { assertion, idToken, said: { idToken: signed, userinfo } };
}

async function or<T>(upstream: OidcUpstream, stage: Stage, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toDomainError(upstream, stage, error);
  }
}

interface UserinfoQuestion {
  readonly accessToken: string;
  readonly subject: string;
}

async function askUserinfo(
  configuration: openid.Configuration,
  { quirks }: OidcUpstream,
  { accessToken, subject }: UserinfoQuestion,
): Promise<UpstreamClaims> {
  if (!quirks.includes('userinfo_by_post'))
    return { ...(await openid.fetchUserInfo(configuration, accessToken, subject)) };

  const address = new URL(configuration.serverMetadata().userinfo_endpoint ?? '');
  const asked = await openid.fetchProtectedResource(configuration, accessToken, address, 'POST');
  const said: unknown = await asked.json();
  if (!asked.ok || typeof said !== 'object' || said === null || !('sub' in said))
    throw new openid.ClientError('userinfo');
  if (said.sub !== subject)
    throw new openid.ClientError('subject', { cause: { attribute: 'sub' } });
  return { ...said };
}
