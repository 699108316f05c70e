/**
 * One oidc-provider for each issuer: all that it is told about us.
 *
 * @module
 */
import type { Configuration, Provider as OidcProvider } from 'oidc-provider';
import { CLIENT_SCOPES, interactionPath, webOriginsOf } from '../../domain/client.ts';
import { DomainError } from '../../domain/errors.ts';
import { SCOPE_CLAIMS } from '../../domain/person-claims.ts';
import { requestReference } from '../../http/request-id.ts';
import { findSignedIn } from '../../http/session.ts';
import { REALM_ALGORITHM } from '../../operations/live-realm.ts';
import { accountFinder, holderOf, isKnownStill } from './accounts.ts';
import { ACR, adapterFor, PORTAL_SESSION } from './adapter.ts';
import { resourceOfState } from './admission.ts';
import { grantLoader } from './grants.ts';
import { errors, interactionPolicy, Provider } from './library.ts';
import { findClient, type OidcDeps, type Realm } from './realm.ts';

const KEYCLOAK = '/protocol/openid-connect';

const CODE_SECONDS = 60;
const INTERACTION_SECONDS = 900;
const PAR_SECONDS = 90;

export function buildProvider(deps: OidcDeps, realm: Realm): OidcProvider {
  const provider = new Provider(realm.iss, configuration(deps, realm));
  provider.on('server_error', (ctx, err) => {
    deps.log.error({ err, reference: requestReference(ctx) }, 'OpenID request failed');
  });
  return provider;
}

function configuration(deps: OidcDeps, realm: Realm): Configuration {
  const { live } = realm;
  const { keys } = live.realm;
  if (!keys) throw new DomainError('signing_key_missing', { slug: live.issuer.slug });
  return {
    adapter: adapterFor(deps, realm),
    jwks: { keys: [keys.jwk] },
    routes: {
      authorization: `${KEYCLOAK}/auth`,
      token: `${KEYCLOAK}/token`,
      jwks: `${KEYCLOAK}/certs`,
      userinfo: `${KEYCLOAK}/userinfo`,
      end_session: `${KEYCLOAK}/logout`,
      revocation: `${KEYCLOAK}/revoke`,
      introspection: `${KEYCLOAK}/token/introspect`,
      pushed_authorization_request: `${KEYCLOAK}/ext/par/request`,
    },
    ...protocol(),
    cookies: cookies(live.issuer.slug),
    ttl: lifetimes(deps, realm),
    findAccount: accountFinder(deps, realm),
    loadExistingGrant: grantLoader(deps, realm),
    interactions: {
      policy: signInPolicy(),
      url: (_ctx, { uid, params }) =>
        interactionPath(live.issuer.slug, uid, String(params.client_id)),
    },
    clientBasedCORS: (_ctx, origin, { clientId }) => {
      const client = findClient(realm, clientId);
      return client !== undefined && webOriginsOf(client).includes(origin);
    },
    features: features(deps, realm),
    discovery: { backchannel_logout_supported: true, backchannel_logout_session_supported: true },
    renderError: (_ctx, { error, error_description }, cause) => {
      if (error === 'server_error') throw cause;
      throw new DomainError('openid_request_refused', {
        error,
        description: error_description ?? '',
      });
    },
  };
}

/** Code flow with PKCE, and nothing else (RFC 9700). */
function protocol(): Configuration {
  return {
    responseTypes: ['code'],
    scopes: CLIENT_SCOPES,
    claims: Object.fromEntries(
      Object.entries(SCOPE_CLAIMS).map(([scope, own]) => [scope, [...own]]),
    ),
    acrValues: [ACR],
    extraParams: [HINTED_SUB],
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    acceptQueryParamAccessTokens: false,
    enableHttpPostMethods: true,
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    enabledJWA: {
      idTokenSigningAlgValues: [REALM_ALGORITHM],
      userinfoSigningAlgValues: [REALM_ALGORITHM],
      introspectionSigningAlgValues: [REALM_ALGORITHM],
    },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    // Its sessions are the portal's: the adapter itself finds nothing of one that has ended.
    expiresWithSession: () => false,
  };
}

/** Set for the path of one request alone, and by no other realm. */
function cookies(slug: string): NonNullable<Configuration['cookies']> {
  return {
    names: {
      session: SESSION_COOKIE,
      interaction: `roomkey-${slug}-interaction`,
      resume: `roomkey-${slug}-resume`,
    },
    // Taken off every answer; the library wants it so to take POST at the authorization endpoint.
    long: { httpOnly: true, sameSite: 'none', signed: false },
    short: { httpOnly: true, sameSite: 'lax', signed: false },
  };
}

/** Stands for the portal's session inside the process; browsers never see it. */
export const SESSION_COOKIE = `roomkey-${PORTAL_SESSION}`;

/** What we made of an `id_token_hint`. */
export const HINTED_SUB = 'roomkey_hinted_sub';

function lifetimes({ clock, lifetimes: limits }: OidcDeps, realm: Realm) {
  const ttl = realm.live.issuer.tokenTtlSeconds;
  const left = (session: { readonly expiresAt: Date } | undefined) =>
    session
      ? Math.max(1, Math.floor((session.expiresAt.getTime() - clock.now().getTime()) / 1000))
      : limits.idleSeconds;
  return {
    AuthorizationCode: CODE_SECONDS,
    Interaction: INTERACTION_SECONDS,
    PushedAuthorizationRequest: PAR_SECONDS,
    IdToken: ttl,
    Session: limits.idleSeconds,
    Grant: (ctx) => left(findSignedIn(ctx)?.session ?? holderOf(ctx)?.session),
    AccessToken: (_ctx, _token, client) =>
      findClient(realm, client.clientId)?.tokenTtlSeconds ?? ttl,
    RefreshToken: (ctx, _token, client) => {
      const own = findClient(realm, client.clientId)?.refreshTtlSeconds ?? Infinity;
      return Math.min(own, left(holderOf(ctx)?.session));
    },
  } satisfies Configuration['ttl'];
}

function features(
  deps: Pick<OidcDeps, 'stores'>,
  realm: Realm,
): NonNullable<Configuration['features']> {
  const isOf = (clientId: string) => findClient(realm, clientId);
  return {
    devInteractions: { enabled: false },
    // Our access tokens are bearer tokens, and say so.
    dPoP: { enabled: false },
    // Jitsi calls it in a hidden frame, without a cookie: the route in front of it is our own.
    rpInitiatedLogout: { enabled: true },
    userinfo: { enabled: true },
    // A client learns of its own tokens, and ends its own.
    revocation: { enabled: true, allowedPolicy: isOwnToken },
    introspection: {
      enabled: true,
      allowedPolicy: async (ctx, client, token) => {
        const { accountId: sub = '' } = token as { accountId?: string };
        const known = { sub, clientId: client.clientId };
        return isOwnToken(ctx, client, token) && isKnownStill(deps, realm, known);
      },
    },
    pushedAuthorizationRequests: { enabled: true },
    claimsParameter: { enabled: false },
    requestObjects: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: (ctx, client) => {
        const own = isOf(client.clientId);
        // The library reads "none" from an empty list.
        if (own?.kind !== 'jitsi' || !isFrontChannel(ctx.oidc.route)) return [];
        return resourceOfState(realm, own, ctx.oidc.params?.state as string | undefined);
      },
      useGrantedResource: () => false,
      getResourceServerInfo: (ctx, resource, client) => {
        const own = isOf(client.clientId);
        const state = ctx.oidc.params?.state as string | undefined;
        const isRoom = own?.kind === 'jitsi' && resource === resourceOfState(realm, own, state);
        if (!isRoom) throw new errors.InvalidTarget();
        return { scope: '', audience: own.audience ?? realm.live.issuer.appId };
      },
    },
  };
}

const isOwnToken = (
  _ctx: unknown,
  { clientId }: { clientId?: string | undefined },
  token: { clientId?: string | undefined },
) => token.clientId === clientId;

const isFrontChannel = (route: string) =>
  ['authorization', 'resume', 'pushed_authorization_request'].includes(route);

/** oidc-provider's own, with our reading of the hint: keys of the past count, too. */
function signInPolicy() {
  const policy = interactionPolicy.base();
  const hinted = new interactionPolicy.Check(
    'hinted_sub',
    'id_token_hint and authenticated subject do not match',
    'login_required',
    ({ oidc }) => {
      const sub = oidc.params?.[HINTED_SUB];
      return sub !== undefined && sub !== oidc.session?.accountId;
    },
  );
  policy.get('login')?.checks.add(hinted);
  return policy;
}
