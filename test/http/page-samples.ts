/**
 * At least one context for each page; the type makes a new page bring its own.
 *
 * @module
 */
import type { PageContexts } from '../../src/http/page-contexts.ts';
import { adminSamples } from './page-samples/admin.ts';
import { explainSamples } from './page-samples/explain.ts';
import { inspectSamples } from './page-samples/inspect.ts';
import { issuerSamples } from './page-samples/issuers.ts';
import { dashboardSamples } from './page-samples/dashboard.ts';
import { apiKeySamples } from './page-samples/api-keys.ts';
import { clientSamples } from './page-samples/clients.ts';
import { upstreamSamples } from './page-samples/upstreams.ts';
import { upstreamSyncSamples } from './page-samples/upstream-syncs.ts';
import { auditSamples } from './page-samples/audit.ts';
import { peopleSamples } from './page-samples/people.ts';
import { stopSamples } from './page-samples/stops.ts';
import { openidSamples } from './page-samples/openid.ts';
import { settingsSamples } from './page-samples/settings.ts';
import { portalSamples } from './page-samples/portal.ts';
import { upstreamWaySamples } from './page-samples/upstream-ways.ts';
import type { SamplesOf } from './page-samples/samples-of.ts';

export const HOSTILE = [
  `"><script>alert(1)</script>`,
  `' onfocus='alert(1)' x='`,
  '` onload=alert(1) `',
  '{{ 7 * 7 }}{% raw %}',
  '\u202eשלום <b>مرحبا</b>',
  'x'.repeat(300),
];

/** Samples of all pages, with `text` wherever somebody else's text can stand. */
export function samplesWith(text: string): SamplesOf<PageContexts> {
  return {
    ...portalSamples(text),
    ...upstreamWaySamples(text),
    ...adminSamples(text),
    ...apiKeySamples(text),
    ...dashboardSamples(text),
    ...explainSamples(text),
    ...inspectSamples(text),
    ...auditSamples(text),
    ...stopSamples(text),
    ...issuerSamples(text),
    ...clientSamples(text),
    ...upstreamSamples(text),
    ...upstreamSyncSamples(text),
    ...settingsSamples(text),
    ...peopleSamples(text),
    ...openidSamples(text),
  };
}
