import type { AdminPages } from '../../../src/http/page-contexts/admin.ts';
import type { SamplesOf } from './samples-of.ts';

export const listSample = (text: string) => ({
  action: '/admin/issuers',
  q: text,
  total: { count: 10_000, more: true },
  firstHref: '/admin/issuers',
  nextHref: '/admin/issuers?after=x',
});

/** With `text` wherever somebody else's text can stand. */
export function adminSamples(text: string): SamplesOf<AdminPages> {
  const list = listSample(text);
  const issuer = { slug: 'main', name: text, host: text, algorithm: 'RS256', useRule: text };
  const machine = { curl: text, yaml: text };
  return {
    'admin-confirmation': [
      { action: '/admin/x', fields: [[text, text]], refusal: undefined },
      { action: '/admin/x', fields: [], refusal: 'password_wrong' },
      { action: '/admin/x', fields: [], refusal: 'login_limited' },
      { action: '/admin/x', fields: [], refusal: 'upstream_unavailable' },
    ],
    'admin-export': [{ machine }],
    'admin-issuers': [
      {
        list,
        sort: 'created',
        issuers: [issuer, { ...issuer, slug: 'partner', host: undefined }],
        mayWrite: true,
        machine,
      },
      {
        list: {
          ...list,
          total: { count: 0, more: false },
          firstHref: undefined,
          nextHref: undefined,
        },
        sort: 'slug',
        issuers: [],
        mayWrite: false,
        machine: { curl: undefined, yaml: undefined },
      },
    ],
  };
}
