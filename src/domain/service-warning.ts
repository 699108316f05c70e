/**
 * What somebody ought to do about this Roomkey, told on the dashboard before it hurts.
 *
 * @module
 */
import { type Issuer, isHs } from './issuer.ts';
import { publicUrlFault } from './public-url-fault.ts';
import type { SigningKey } from './signing-key.ts';
import { type DirectoryFacts, SYNC_WARNINGS, syncWarning } from './upstreams/sync-warning.ts';
import type { Upstream } from './upstreams/upstream.ts';

export const SERVICE_WARNINGS = [
  'public_url_local',
  'public_url_plain',
  'no_proxies',
  'no_issuer',
  'server_url_missing',
  'weak_secret',
  'active_key_missing',
  'next_key_missing',
  'key_old',
  'xmpp_domain_missing',
  'iss_elsewhere',
  'at_hash_unchecked',
  'ldap_in_clear',
  ...SYNC_WARNINGS,
] as const;
export type ServiceWarningCode = (typeof SERVICE_WARNINGS)[number];

export interface ServiceWarning {
  readonly code: ServiceWarningCode;
  /** Slug of the issuer it is about. */
  readonly issuer: string | undefined;
  /** Slug of the upstream it is about. */
  readonly upstream: string | undefined;
}

export interface ServiceFacts {
  readonly publicUrl: URL;
  readonly trustedProxies: readonly string[];
  readonly issuers: readonly Issuer[];
  readonly upstreams: readonly Upstream[];
  /** Served keys of all issuers. */
  readonly keys: readonly SigningKey[];
  readonly directories: readonly DirectoryFacts[];
  readonly now: Date;
}

/** A key without a schedule is worth a thought after so long. */
const OLD_KEY_MS = 365 * 24 * 3_600_000;

export function serviceWarnings(facts: ServiceFacts): ServiceWarning[] {
  const { publicUrl, trustedProxies, issuers, upstreams, directories, now } = facts;
  const fault = publicUrlFault(publicUrl, trustedProxies);
  const ofAddress = { local: 'public_url_local', plain: 'public_url_plain' } as const;
  const codes: readonly ServiceWarningCode[] = [
    ...(fault === undefined ? [] : [fault === 'no_proxies' ? fault : ofAddress[fault]]),
    ...(issuers.length === 0 ? (['no_issuer'] as const) : []),
  ];
  return [
    ...codes.map((code) => ({ code, issuer: undefined, upstream: undefined })),
    ...issuers.flatMap((issuer) =>
      codesOf(issuer, facts).map((code) => ({ code, issuer: issuer.slug, upstream: undefined })),
    ),
    ...upstreams.flatMap((upstream) =>
      codesOfUpstream(upstream).map((code) => ({
        code,
        issuer: undefined,
        upstream: upstream.slug,
      })),
    ),
    ...directories.flatMap((directory) => {
      const code = syncWarning(directory, now);
      return code ? [{ code, issuer: undefined, upstream: directory.upstream.slug }] : [];
    }),
  ];
}

function codesOf(issuer: Issuer, { publicUrl, keys, now }: ServiceFacts): ServiceWarningCode[] {
  const { serverUrl, weakSecret, algorithm, sub, xmppDomain, iss, keyRotationDays } = issuer;
  const ring = keys.filter((key) => key.issuerId === issuer.id && key.ring === 'jitsi');
  const active = ring.find(({ stage }) => stage === 'active');
  const needsKeys = !isHs(algorithm);
  const since = active?.activatedAt ?? active?.createdAt;
  const isOld = since !== undefined && now.getTime() - since.getTime() > OLD_KEY_MS;
  const address = URL.parse(iss);
  const codes: readonly [boolean, ServiceWarningCode][] = [
    [serverUrl === undefined, 'server_url_missing'],
    [weakSecret, 'weak_secret'],
    [needsKeys && !active, 'active_key_missing'],
    [needsKeys && !ring.some(({ stage }) => stage === 'next'), 'next_key_missing'],
    [needsKeys && isOld && keyRotationDays === undefined, 'key_old'],
    [sub === 'tenant' && xmppDomain === undefined, 'xmpp_domain_missing'],
    [
      address !== null &&
        address.protocol.startsWith('http') &&
        address.origin !== publicUrl.origin,
      'iss_elsewhere',
    ],
  ];
  return codes.flatMap(([applies, code]) => (applies ? [code] : []));
}

/** What it is told to put up with, at somebody's risk. */
export function codesOfUpstream(upstream: Upstream): ('at_hash_unchecked' | 'ldap_in_clear')[] {
  if (upstream.disabled) return [];
  if (upstream.type === 'oidc')
    return upstream.quirks.includes('at_hash_wrong') ? ['at_hash_unchecked'] : [];
  const isClear = upstream.security === 'none' && upstream.urls.some((url) => /^ldap:/i.test(url));
  return isClear ? ['ldap_in_clear'] : [];
}
