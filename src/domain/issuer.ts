/**
 * One Jitsi deployment's token issuer: its identity, key policy, rules and mapping, as data.
 *
 * @module
 */
import type { Client } from './client.ts';

export const HS_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const;
export const RS_ALGORITHMS = ['RS256', 'RS384', 'RS512'] as const;
export const ALGORITHMS = [...HS_ALGORITHMS, ...RS_ALGORITHMS] as const;
export type HsAlgorithm = (typeof HS_ALGORITHMS)[number];
export type RsAlgorithm = (typeof RS_ALGORITHMS)[number];
/** What Prosody accepts and we offer; nothing else exists (jitsi-meet `luajwtjitsi.lib.lua`). */
export type Algorithm = HsAlgorithm | RsAlgorithm;

export const RSA_BITS = [2048, 3072, 4096] as const;
export type RsaBits = (typeof RSA_BITS)[number];

/** How the token reaches Jitsi: `?jwt=` works everywhere, `#jwt=` stays out of logs. */
export type Delivery = 'query' | 'fragment';

/** Who gets what: CEL expressions in source form. Absent means the issuer's own, or nobody. */
export interface RoomRules {
  readonly useRule: string | undefined;
  readonly moderatorRule: string | undefined;
  /** Feature name → rule. */
  readonly features: Readonly<Record<string, string>> | undefined;
  readonly lobbyBypass: string | undefined;
}

/** Rules for the rooms whose canonical name matches; the first policy that matches counts. */
export interface RoomPolicy extends RoomRules {
  /** The whole canonical name; `*` is the only wildcard. */
  readonly match: string;
}

/** Token claims of a person, as expressions. A bare name such as `displayName` is that value. */
export interface Mapping {
  readonly id?: string;
  readonly name?: string;
  readonly email?: string;
  readonly avatar?: string;
}

export const DEFAULT_MAPPING: Mapping = {
  id: 'id',
  name: 'displayName',
  email: 'email',
  avatar: 'avatarUrl',
};

/** Everything of an issuer but its secret and keys. */
export interface Issuer extends RoomRules {
  /** UUID. */
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  /** Origin and path of the Jitsi server, with a trailing slash; without one nobody is sent anywhere. */
  readonly serverUrl: string | undefined;
  readonly iss: string;
  /** → `aud`. */
  readonly appId: string;
  /** `*`, `tenant`, or a fixed domain. */
  readonly sub: string;
  /** With `sub: tenant` and no tenant: the XMPP domain. Default: `serverUrl`'s host. */
  readonly xmppDomain: string | undefined;
  readonly algorithm: Algorithm;
  /** Size of RSA keys made from now on. */
  readonly rsaBits: RsaBits;
  /** A key signs for so long; absent: until somebody rotates it. RS only. */
  readonly keyRotationDays: number | undefined;
  readonly tokenTtlSeconds: number;
  readonly nbfSkewSeconds: number;
  readonly delivery: Delivery;
  readonly skipPrejoin: boolean;
  readonly anyRoom: boolean;
  readonly useRule: string;
  readonly mapping: Mapping;
  /** Dotted claim path → expression: `context.user.department`. */
  readonly extraClaims: Readonly<Record<string, string>>;
  /** → `context.group`. */
  readonly group: string | undefined;
  readonly rooms: readonly RoomPolicy[];
  /** OIDC relying parties of its realm. */
  readonly clients: readonly Client[];
  /** The HS secret is shorter than its hash: carried over from a bridge, to be replaced. */
  readonly weakSecret: boolean;
  readonly createdAt: Date;
}

export function isHs(algorithm: Algorithm): algorithm is HsAlgorithm {
  return algorithm.startsWith('HS');
}

/** Whether a secret may be guessed before its hash is broken. */
export function isShortSecret(secret: string, algorithm: Algorithm): boolean {
  if (!isHs(algorithm)) return false;
  return new TextEncoder().encode(secret).length < minimumSecretBytes(algorithm);
}

/** Bytes an HS secret must have: as many as its hash (RFC 7518, section 3.2). */
export function minimumSecretBytes(algorithm: HsAlgorithm): number {
  return Number(algorithm.slice(2)) / 8;
}

export const ISSUER_SORTS = ['slug', 'name', 'created'] as const;
export type IssuerSort = (typeof ISSUER_SORTS)[number];

/** By slug or name from A, or from the newest. */
export function sortIssuers(issuers: readonly Issuer[], sort: IssuerSort): Issuer[] {
  const byText = (key: 'slug' | 'name') => (one: Issuer, other: Issuer) =>
    one[key].localeCompare(other[key], 'en');
  const sorted = issuers.toSorted(byText('slug'));
  if (sort === 'slug') return sorted;
  if (sort === 'name') return sorted.sort(byText('name'));
  return sorted.sort((one, other) => +other.createdAt - +one.createdAt);
}
