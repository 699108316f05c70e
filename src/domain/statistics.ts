/**
 * What happened over time, for a plot: every hour or day has its place, also when nothing did.
 *
 * @module
 */

export const STATISTICS_PERIODS = ['day', 'month'] as const;
/** `day`: 24 hours by hour. `month`: 30 days by day. Both end now. */
export type StatisticsPeriod = (typeof STATISTICS_PERIODS)[number];

/** Issuer id → how many. */
export type ByIssuer = ReadonlyMap<string, number>;

export interface StatisticsBucket {
  /** When the hour or day (of UTC) began. */
  readonly at: Date;
  readonly signIns: number;
  readonly signInsRefused: number;
  readonly tokens: ByIssuer;
  readonly tokensRefused: ByIssuer;
}

const HOUR_MS = 3_600_000;
const SHAPE = {
  day: { step: 'hour', milliseconds: HOUR_MS, count: 24 },
  month: { step: 'day', milliseconds: 24 * HOUR_MS, count: 30 },
} as const;

export const stepOf = (period: StatisticsPeriod) => SHAPE[period].step;

/** When each hour or day of the period begins; the last is the one we are in. */
export function startsOf(period: StatisticsPeriod, now: Date): Date[] {
  const { milliseconds, count } = SHAPE[period];
  const last = Math.floor(now.getTime() / milliseconds) * milliseconds;
  return Array.from({ length: count }, (_, nth) => {
    return new Date(last - (count - 1 - nth) * milliseconds);
  });
}

export function sumOf(counts: ByIssuer): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
