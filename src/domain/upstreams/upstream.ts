/**
 * Directories people sign in with.
 *
 * @module
 */
import type { OidcQuirk } from './quirks.ts';

export const UPSTREAM_TYPES = ['oidc', 'ldap'] as const;
export type UpstreamType = (typeof UPSTREAM_TYPES)[number];

/** How Roomkey proves itself at a token endpoint (OpenID Connect Core 1.0, section 9). */
export const UPSTREAM_AUTHS = [
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'none',
] as const;
export type UpstreamAuth = (typeof UPSTREAM_AUTHS)[number];

/** Callbacks of the bridges: an upstream that knows one of them keeps it. */
export const BRIDGE_CALLBACKS = ['/callback', '/oidc/redirect', '/oidc/tokenize'] as const;
export type BridgeCallback = (typeof BRIDGE_CALLBACKS)[number];

/** CEL over `claims`; what is absent has the default of its type (see `defaultMapping`). */
export interface UpstreamMapping {
  readonly username?: string | undefined;
  readonly displayName?: string | undefined;
  readonly email?: string | undefined;
  readonly avatar?: string | undefined;
}

interface UpstreamTraits {
  /** UUID. */
  readonly id: string;
  readonly slug: string;
  /** On the button. */
  readonly name: string;
  readonly disabled: boolean;
  /** People whose address ends so are sent here; lower case. */
  readonly emailDomains: readonly string[];
  /** CEL over `claims`: who gets an account at the first sign-in. */
  readonly createRule: string;
  /** Its verified e-mail addresses lead to the accounts that have them. */
  readonly trusted: boolean;
  readonly mapping: UpstreamMapping;
  /** Attribute → CEL over `claims`. `undefined`: `affiliation` and `moderator`, when there are any. */
  readonly attributes: Readonly<Record<string, string>> | undefined;
  /** CEL over `claims` giving a name or a list of names. */
  readonly groups: string | undefined;
  /** Whether pictures are linked to where they are, or kept and served by us. */
  readonly avatars: 'link' | 'store';
  readonly createdAt: Date;
}

export interface OidcEndpoints {
  readonly authorization: string;
  readonly token: string;
  readonly jwks: string;
  readonly userinfo?: string | undefined;
  readonly endSession?: string | undefined;
}

export interface OidcUpstream extends UpstreamTraits {
  readonly type: 'oidc';
  /** As its ID tokens name it. */
  readonly issuerUrl: string;
  /** Instead of discovery. */
  readonly endpoints: OidcEndpoints | undefined;
  readonly clientId: string;
  readonly auth: UpstreamAuth;
  readonly scopes: readonly string[];
  /** One of these must be in the ID token; empty asks for none. */
  readonly acrValues: readonly string[];
  readonly prompt: OidcPrompt | undefined;
  /** Beside our own client id, in `aud` of an ID token. */
  readonly audiences: readonly string[];
  readonly quirks: readonly OidcQuirk[];
  /** Who signs out here is signed out there. */
  readonly signOut: boolean;
  /** `undefined`: `/upstream/{slug}/callback`. */
  readonly callback: BridgeCallback | undefined;
}

export const OIDC_PROMPTS = ['login', 'consent', 'select_account'] as const;
export type OidcPrompt = (typeof OIDC_PROMPTS)[number];

/** Presets of what differs between directories. */
export const DIRECTORIES = ['openldap', 'active_directory'] as const;
export type Directory = (typeof DIRECTORIES)[number];

export interface LdapUpstream extends UpstreamTraits {
  readonly type: 'ldap';
  readonly directory: Directory;
  /** `ldaps://host[:port]` or `ldap://host[:port]`; tried in this order. */
  readonly urls: readonly string[];
  /** How an `ldap:` connection is made safe; `none` only when it is said. */
  readonly security: 'starttls' | 'none';
  /** PEM; `undefined`: the system's authorities. */
  readonly ca: string | undefined;
  /** `undefined`: searches are anonymous. */
  readonly bindDn: string | undefined;
  readonly baseDn: string;
  /** With `{login}` where the escaped name goes. */
  readonly userFilter: string;
  /** Which entries a sync takes for people. */
  readonly peopleFilter: string;
  /** `entryUUID`, `objectGUID`: stays when a person is renamed. */
  readonly subjectAttribute: string;
  readonly groupBaseDn: string;
  readonly groupFilter: string;
  readonly groupNameAttribute: string;
  /** Also the groups that hold a person's groups. */
  readonly nestedGroups: boolean;
  readonly pictureAttribute: string | undefined;
  readonly timeoutSeconds: number;
  readonly pageSize: number;
  /** `undefined`: only when somebody asks for it. */
  readonly syncMinutes: number | undefined;
}

export type Upstream = OidcUpstream | LdapUpstream;

/** In clear; never leaves the process. */
export interface UpstreamSecrets {
  /** Client secret, or password of `bindDn`. */
  readonly secret: string | undefined;
  /** PKCS#8 PEM, for `private_key_jwt`. */
  readonly privateKey: string | undefined;
}

/** What an upstream says of a person: the claims of its tokens, or the attributes of an entry. */
export type UpstreamClaims = Readonly<Record<string, unknown>>;

/** A person an upstream vouches for. */
export interface Assertion {
  /** Stable and never given to another person: `sub`, `entryUUID`. */
  readonly subject: string;
  /** For LDAP: attributes by name, one value as text, several as a list; `dn`; `groups` by name. */
  readonly claims: UpstreamClaims;
  /** Whether the directory itself says that the person may not sign in. */
  readonly disabled: boolean;
  /** More than one factor was proved there. */
  readonly mfa: boolean;
  /** Of the entry; see `readPicture`. */
  readonly picture: Uint8Array | undefined;
}

/** Whether all its people can be asked for at once. */
export function isListed(upstream: Upstream): upstream is LdapUpstream {
  return upstream.type === 'ldap' && !upstream.disabled;
}

/** The addresses that learn our secrets: who changes them gives the secrets anew. */
export function sendsSecretsTo(upstream: Upstream): string {
  if (upstream.type === 'ldap') {
    const { urls, security, ca } = upstream;
    return JSON.stringify([urls, security, ca]);
  }
  return JSON.stringify([upstream.issuerUrl, upstream.endpoints?.token]);
}

/** Whose word it is, and of whom: with these changed, somebody else may say who our people are. */
export function speaksFor(upstream: Upstream): string {
  if (upstream.type === 'ldap') {
    const { urls, security, ca, baseDn, subjectAttribute } = upstream;
    return JSON.stringify([urls, security, ca, baseDn, subjectAttribute]);
  }
  return JSON.stringify([upstream.issuerUrl, upstream.endpoints]);
}

/** Where the provider sends people back to. */
export function callbackPath({ slug, callback }: Pick<OidcUpstream, 'slug' | 'callback'>): string {
  return callback ?? `/upstream/${slug}/callback`;
}
