/**
 * Which directories a name and a password are shown to.
 *
 * @module
 */
import type { User } from '../../user.ts';
import type { LdapUpstream, Upstream, UpstreamSecrets } from '../upstream.ts';

interface Live {
  readonly upstream: Upstream;
  readonly secrets: UpstreamSecrets;
}

interface LiveLdap extends Live {
  readonly upstream: LdapUpstream;
}

export interface Routing {
  /** In this order; empty: none knows the person, or may. */
  readonly own: readonly LiveLdap[];
  /** Those somebody whom nobody knows would be asked for at. */
  readonly decoys: readonly LiveLdap[];
}

/**
 * An address goes to those who claim its domain, and to nobody else; everything else to all in their
 * order. Who comes from a directory is known there alone, who has a password here at none.
 */
export function directoriesFor(
  upstreams: readonly Live[],
  name: string,
  found:
    | { readonly user: Pick<User, 'source'>; readonly passwordHash: string | undefined }
    | undefined,
): Routing {
  const enabled = upstreams.filter(({ upstream }) => !upstream.disabled);
  const claiming = enabled.filter(({ upstream }) => claims(upstream, name));
  const decoys = (claiming.length > 0 ? claiming : enabled).filter(isLdap);
  if (!found) return { own: decoys, decoys };
  if (found.passwordHash !== undefined) return { own: [], decoys };
  const { source } = found.user;
  if (source === 'local') return { own: decoys, decoys };
  const own = enabled.filter(isLdap).filter(({ upstream }) => upstream.slug === source);
  return { own, decoys };
}

function claims({ emailDomains }: Upstream, name: string): boolean {
  const at = name.lastIndexOf('@');
  return (
    at > 0 &&
    emailDomains.includes(
      name
        .slice(at + 1)
        .trim()
        .toLowerCase(),
    )
  );
}

function isLdap(live: Live): live is LiveLdap {
  return live.upstream.type === 'ldap';
}
