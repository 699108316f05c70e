import { DomainError } from '../../domain/errors.ts';
import type { OidcUpstream, Upstream } from '../../domain/upstreams/upstream.ts';
import type { CatalogSnapshot, LiveUpstream } from '../issuer-catalog.ts';

export interface LiveOidcUpstream extends LiveUpstream {
  readonly upstream: OidcUpstream;
}

type Upstreams = CatalogSnapshot['upstreams'];

/** @throws {DomainError} `upstream_not_found`, for one that is switched off, too. */
export function findOidc(upstreams: Upstreams, slug: string): LiveOidcUpstream {
  const live = upstreams.get(slug);
  if (live && isOidc(live)) return live;
  throw new DomainError('upstream_not_found', { slug });
}

/** Those that people may sign in with, in the order of their names. */
export function listOidc(upstreams: Upstreams): LiveOidcUpstream[] {
  return [...upstreams.values()].filter(isOidc);
}

export function findOidcById(upstreams: Upstreams, id: string): LiveOidcUpstream | undefined {
  return listOidc(upstreams).find(({ upstream }) => upstream.id === id);
}

/** Whose people have such an e-mail address. */
export function findOidcByEmail(upstreams: Upstreams, email: string): LiveOidcUpstream | undefined {
  const domain = /^[^@\s]+@([^@\s]+)$/.exec(email.trim())?.[1]?.toLowerCase();
  if (domain === undefined) return undefined;
  return listOidc(upstreams).find(({ upstream }) => upstream.emailDomains.includes(domain));
}

function isOidc(live: LiveUpstream): live is LiveUpstream & { upstream: OidcUpstream } {
  const { upstream }: { upstream: Upstream } = live;
  return upstream.type === 'oidc' && !upstream.disabled;
}
