import { OIDC_FAULTS } from '../../../src/domain/upstreams/oidc-fault.ts';
import {
  UPSTREAM_REFUSALS,
  type UpstreamWayPages,
} from '../../../src/http/page-contexts/upstream-ways.ts';
import type { SamplesOf } from './samples-of.ts';

/** With `text` wherever somebody else's text can stand. */
export function upstreamWaySamples(text: string): SamplesOf<UpstreamWayPages> {
  const ways = {
    reference: 'ABCD1234',
    retryHref: '/upstream/company/login',
    otherHref: '/login?choose=yes',
  };
  const values = { slug: text, name: text, error: text };
  const problem = { ...ways, values, fault: undefined, refusal: undefined };
  return {
    'upstream-onward': [
      {
        href: `#${encodeURIComponent(text)}`,
        name: text,
        deed: 'sign_in',
      },
      { href: '#main', name: text, deed: 'sign_out' },
    ],
    'upstream-problem': [
      { ...problem, code: 'upstream_unavailable', fault: 'unreachable' },
      { ...problem, code: 'upstream_refused', refusal: 'other' },
      { ...problem, code: 'upstream_login_gone', values: {}, retryHref: undefined },
      ...OIDC_FAULTS.map((fault) => ({ ...problem, code: 'upstream_unavailable' as const, fault })),
      ...([...UPSTREAM_REFUSALS, 'other'] as const).map((refusal) => ({
        ...problem,
        code: 'upstream_refused' as const,
        refusal,
      })),
    ],
  };
}
