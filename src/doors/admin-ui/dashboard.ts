/**
 * The dashboard: what happened lately, and what somebody ought to do.
 *
 * @module
 */
import type { Middleware } from 'koa';
import { z } from 'zod';
import { isHs } from '../../domain/issuer.ts';
import { nextRotationAt } from '../../domain/key-timeline.ts';
import { serviceWarnings } from '../../domain/service-warning.ts';
import type { SigningKey } from '../../domain/signing-key.ts';
import { STATISTICS_PERIODS, type StatisticsBucket, sumOf } from '../../domain/statistics.ts';
import { stateOfStop } from '../../domain/token-stop.ts';
import { asCurl } from '../../http/as-curl.ts';
import type { DashboardKeys, DashboardPages } from '../../http/page-contexts/dashboard.ts';
import type { Pages } from '../../http/pages.ts';
import { readQuery } from '../../http/query.ts';
import type { IssuerCatalog, LiveIssuer } from '../../operations/issuer-catalog.ts';
import { readDirectoryFacts } from '../../operations/upstreams/directory-facts.ts';
import { readStatistics, type StatisticsDeps } from '../../operations/read-statistics.ts';
import type { Stores } from '../../stores/index.ts';
import { plotsOf } from './dashboard-plots.ts';
import { type AdminRoute, get } from './route.ts';

export interface DashboardDeps extends StatisticsDeps {
  readonly stores: Pick<Stores, 'auditHours' | 'signingKeys' | 'tokenStops' | 'upstreamSyncs'>;
  readonly catalog: Pick<IssuerCatalog, 'current'>;
  readonly pages: Pages;
  readonly publicUrl: () => URL;
  readonly config: { readonly trustedProxies: readonly string[] };
}

const query = z.strictObject({
  period: z.enum(STATISTICS_PERIODS).default('day'),
  done: z.string().optional(),
});

export function dashboardRoutes(deps: DashboardDeps): readonly AdminRoute[] {
  return [get('/admin', 'audit:read', showDashboard(deps))];
}

function showDashboard(deps: DashboardDeps): Middleware {
  return async (ctx) => {
    const { stores, catalog, clock, config, pages, publicUrl } = deps;
    const { period } = readQuery(ctx, query);
    const now = clock.now();
    const { bySlug, upstreams: known } = catalog.current();
    const live = [...bySlug.values()];
    const issuers = live.map(({ issuer }) => issuer);
    const upstreams = [...known.values()].map(({ upstream }) => upstream);
    const [buckets, keys, stops, directories] = await Promise.all([
      readStatistics(deps, period),
      stores.signingKeys.listServed(),
      stores.tokenStops.listStanding(),
      readDirectoryFacts(stores, upstreams),
    ]);
    const path = `/api/v1/statistics?period=${period}`;
    const { trustedProxies } = config;
    const addresses = { publicUrl: publicUrl(), trustedProxies };
    const facts = { ...addresses, issuers, upstreams, keys, directories, now };

    pages.show(ctx, 'admin-dashboard', {
      period,
      warnings: serviceWarnings(facts),
      stops: stops.filter((stop) => stateOfStop(stop, now) === 'in_force').length,
      totals: totalsOf(buckets),
      plots: plotsOf(buckets, issuers, period),
      keys: live.flatMap((one) => keysOf(one, keys)),
      now,
      machine: { curl: asCurl(publicUrl(), { method: 'GET', path }), yaml: undefined },
    });
  };
}

function totalsOf(
  buckets: readonly StatisticsBucket[],
): DashboardPages['admin-dashboard']['totals'] {
  const sum = (value: (bucket: StatisticsBucket) => number) =>
    buckets.reduce((total, bucket) => total + value(bucket), 0);
  return {
    signIns: sum(({ signIns }) => signIns),
    signInsRefused: sum(({ signInsRefused }) => signInsRefused),
    tokens: sum(({ tokens }) => sumOf(tokens)),
    tokensRefused: sum(({ tokensRefused }) => sumOf(tokensRefused)),
  };
}

function keysOf({ issuer }: LiveIssuer, keys: readonly SigningKey[]): DashboardKeys[] {
  if (isHs(issuer.algorithm)) return [];
  const ring = keys.filter((key) => key.issuerId === issuer.id && key.ring === 'jitsi');
  const active = ring.find(({ stage }) => stage === 'active');
  return [
    {
      slug: issuer.slug,
      name: issuer.name,
      activeSince: active?.activatedAt ?? active?.createdAt,
      nextRotationAt: nextRotationAt(issuer, ring),
      leaving: ring.filter(({ stage }) => stage === 'published').length,
    },
  ];
}
