/**
 * An OIDC relying party of an issuer: Jitsi's own page, or a wiki next to the meetings.
 *
 * @module
 */

/** `jitsi` gets Jitsi tokens as access tokens, `oidc` ordinary ones. */
export const CLIENT_KINDS = ['jitsi', 'oidc'] as const;
export type ClientKind = (typeof CLIENT_KINDS)[number];

/** How a client proves who it is (RFC 7591, `token_endpoint_auth_method`). */
export const CLIENT_AUTHS = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
] as const;
export type ClientAuth = (typeof CLIENT_AUTHS)[number];

/** What a client may ask for beside `openid`. */
export const CLIENT_SCOPES = [
  'openid',
  'profile',
  'email',
  'groups',
  'attributes',
  'offline_access',
] as const;
export type ClientScope = (typeof CLIENT_SCOPES)[number];

/** Public keys of a client: a JWK Set (RFC 7517). */
export interface ClientKeys {
  readonly keys: readonly Readonly<Record<string, unknown>>[];
}

/** All but its secret. */
export interface Client {
  /** Unique in its issuer. */
  readonly clientId: string;
  readonly kind: ClientKind;
  /** For people. */
  readonly name: string;
  readonly auth: ClientAuth;
  /** Compared letter by letter. */
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  /** Of pages that may call from a browser; absent: the origins of `redirectUris`. */
  readonly webOrigins: readonly string[] | undefined;
  readonly scopes: readonly ClientScope[];
  /** One of the operator's own: nobody is asked whether it may know them. */
  readonly firstParty: boolean;
  /** → `aud` of its access tokens; absent: the issuer's `appId` for Jitsi, else the `clientId`. */
  readonly audience: string | undefined;
  /** Jitsi only: its tokens open every room. */
  readonly anyRoom: boolean;
  /** Of access tokens of kind `oidc`; absent: the issuer's own. */
  readonly tokenTtlSeconds: number | undefined;
  /** Absent: as long as the sign-in. */
  readonly refreshTtlSeconds: number | undefined;
  /** With `private_key_jwt`. */
  readonly jwks: ClientKeys | undefined;
  /** Is told when a sign-in ends (OpenID Connect Back-Channel Logout). */
  readonly backchannelLogoutUri: string | undefined;
}

export function needsSecret({ auth }: Pick<Client, 'auth'>): boolean {
  return auth === 'client_secret_basic' || auth === 'client_secret_post';
}

/** A secret that was replaced is good for so long still, unless it is said. */
export const FORMER_SECRET_SECONDS = 24 * 3600;

/** Access tokens of no client live longer. */
export const CLIENT_TOKEN_TTL_MAX_SECONDS = 3600;
/** So long at most. */
export const MAX_OVERLAP_SECONDS = 30 * 24 * 3600;

/** Origins whose pages may call the token endpoint as this client. */
export function webOriginsOf({ webOrigins, redirectUris }: Client): readonly string[] {
  return webOrigins ?? redirectOriginsOf({ redirectUris });
}

/** Where its redirects go: browsers hold the whole chain after a form against `form-action`. */
export function redirectOriginsOf({ redirectUris }: Pick<Client, 'redirectUris'>): string[] {
  return [...new Set(redirectUris.map((uri) => new URL(uri).origin))];
}

/** The address of our pages in the middle of a client's request. */
export function interactionPath(slug: string, uid: string, clientId: string): string {
  return `/realms/${slug}/interaction/${uid}?client=${encodeURIComponent(clientId)}`;
}

/** Whose request a local path of ours goes on with, if it is such an address. */
export function parseInteractionPath(
  path: string,
): { readonly slug: string; readonly clientId: string } | undefined {
  const url = URL.parse(path, 'http://local.invalid');
  const slug = url && /^\/realms\/([a-z0-9-]{1,40})\/interaction\/[\w-]+$/.exec(url.pathname)?.[1];
  const clientId = url?.searchParams.get('client');
  return slug && clientId ? { slug, clientId } : undefined;
}
