import { SERVICE_WARNINGS } from '../../../src/domain/service-warning.ts';
import { plotsOf } from '../../../src/doors/admin-ui/dashboard-plots.ts';
import type { DashboardPages } from '../../../src/http/page-contexts/dashboard.ts';
import { NOW } from '../../factories.ts';
import type { SamplesOf } from './samples-of.ts';

/** With `text` wherever somebody else's text can stand. */
export function dashboardSamples(text: string): SamplesOf<DashboardPages> {
  const machine = { curl: text, yaml: undefined };
  const bucket = {
    at: NOW,
    signIns: 7,
    signInsRefused: 2,
    tokens: new Map([
      ['a', 3],
      ['gone', 2],
    ]),
    tokensRefused: new Map([['a', 1]]),
  };
  const issuers = [{ id: 'a', name: text }];
  const key = {
    slug: 'main',
    name: text,
    activeSince: NOW,
    nextRotationAt: NOW,
    leaving: 1,
  };
  return {
    'admin-dashboard': [
      {
        period: 'day',
        warnings: SERVICE_WARNINGS.map((code, nth) => ({
          code,
          issuer: nth % 3 === 0 ? 'main' : undefined,
          upstream: nth % 3 === 1 ? 'company' : undefined,
        })),
        stops: 2,
        totals: { signIns: 1_234_567, signInsRefused: 2, tokens: 3, tokensRefused: 1 },
        plots: plotsOf([bucket, bucket], issuers, 'day'),
        keys: [key, { ...key, slug: 'b', activeSince: undefined, nextRotationAt: undefined }],
        now: NOW,
        machine,
      },
      {
        period: 'month',
        warnings: [],
        stops: 0,
        totals: { signIns: 0, signInsRefused: 0, tokens: 0, tokensRefused: 0 },
        plots: plotsOf([], [], 'month'),
        keys: [],
        now: NOW,
        machine,
      },
    ],
  };
}
