/**
 * What upstreams are told to put up with, at somebody's risk. Whether one answers, its own test says.
 *
 * @module
 */
import { codesOfUpstream } from '../../domain/service-warning.ts';
import type { Upstream } from '../../domain/upstreams/upstream.ts';
import { type Finding, worry } from './finding.ts';

const WORRIES = {
  at_hash_unchecked: [
    'at_hash of its ID tokens is not checked: an access token of another sign-in could be put in.',
    'Have the provider mended, then take at_hash_wrong out of its quirks.',
  ],
  ldap_in_clear: [
    'Passwords go to it in the clear.',
    'Let it speak ldaps: or StartTLS, and take security: none away.',
  ],
} as const;

export function examineUpstreams(upstreams: readonly Upstream[]): Finding[] {
  return upstreams.flatMap((upstream) =>
    codesOfUpstream(upstream).map((code) => {
      const [says, todo] = WORRIES[code];
      return worry(`upstream ${upstream.slug}`, says, todo);
    }),
  );
}
