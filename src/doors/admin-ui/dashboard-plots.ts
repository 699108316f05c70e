/**
 * Buckets of time as stacked bars, an issuer a colour.
 *
 * @module
 */
import { barPlot } from '../../domain/bar-plot.ts';
import type { Issuer } from '../../domain/issuer.ts';
import type { ByIssuer, StatisticsBucket, StatisticsPeriod } from '../../domain/statistics.ts';
import type { DashboardPlot } from '../../http/page-contexts/dashboard.ts';

/** Colours that are told apart; what is beyond is one. */
const MOST_SERIES = 5;
const MARK_EVERY = { day: 4, month: 5 } as const;

type Series = DashboardPlot['series'][number] & { readonly values: readonly number[] };

export function plotsOf(
  buckets: readonly StatisticsBucket[],
  issuers: readonly Pick<Issuer, 'id' | 'name'>[],
  period: StatisticsPeriod,
): DashboardPlot[] {
  const own = (code: 'let_in' | 'refused', values: readonly number[]): Series => ({
    name: undefined,
    code,
    values,
    total: total(values),
  });
  const ofSignIns = [
    own(
      'let_in',
      buckets.map(({ signIns }) => signIns),
    ),
    own(
      'refused',
      buckets.map(({ signInsRefused }) => signInsRefused),
    ),
  ];
  const byIssuer = (pick: (bucket: StatisticsBucket) => ByIssuer) =>
    seriesByIssuer(buckets.map(pick), issuers);
  const labels = buckets.map(({ at }) => labelOf(at, period));
  return [
    plotOf('sign_ins', ofSignIns, labels, period),
    plotOf(
      'tokens',
      byIssuer(({ tokens }) => tokens),
      labels,
      period,
    ),
    plotOf(
      'tokens_refused',
      byIssuer(({ tokensRefused }) => tokensRefused),
      labels,
      period,
    ),
  ];
}

/** The busiest first; what is of removed issuers goes with the rest. */
function seriesByIssuer(
  counts: readonly ByIssuer[],
  issuers: readonly Pick<Issuer, 'id' | 'name'>[],
): Series[] {
  const all = issuers
    .map(({ id, name }): Series => {
      const values = counts.map((bucket) => bucket.get(id) ?? 0);
      return { name, code: 'issuer', values, total: total(values) };
    })
    .sort((one, other) => other.total - one.total);
  const shown = all.slice(0, MOST_SERIES);
  const rest = counts.map((bucket, nth) => {
    const known = total(shown.map(({ values }) => values[nth] ?? 0));
    return total([...bucket.values()]) - known;
  });
  if (total(rest) === 0) return shown;
  return [...shown, { name: undefined, code: 'others', values: rest, total: total(rest) }];
}

function plotOf(
  kind: DashboardPlot['kind'],
  series: readonly Series[],
  labels: readonly string[],
  period: StatisticsPeriod,
): DashboardPlot {
  const columns = labels.map((_, nth) => series.map(({ values }) => values[nth] ?? 0));
  return {
    kind,
    plot: barPlot(columns),
    series: series.map(({ name, code, total: sum }) => ({ name, code, total: sum })),
    rows: labels.map((label, nth) => ({
      label,
      mark: nth % MARK_EVERY[period] === 0 ? label : undefined,
      values: columns[nth] ?? [],
    })),
  };
}

/** `14:00`, `11-21`: of UTC. */
function labelOf(at: Date, period: StatisticsPeriod): string {
  const iso = at.toISOString();
  return period === 'day' ? iso.slice(11, 16) : iso.slice(5, 10);
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
