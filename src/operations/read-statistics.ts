import type { Clock } from '../domain/clock.ts';
import {
  type StatisticsBucket,
  type StatisticsPeriod,
  startsOf,
  stepOf,
} from '../domain/statistics.ts';
import type { AuditTally } from '../stores/audit-hours.ts';
import type { Stores } from '../stores/index.ts';

export interface StatisticsDeps {
  readonly stores: Pick<Stores, 'auditHours'>;
  readonly clock: Clock;
}

const TYPES = [
  'session.started',
  'session.refused',
  'session.limited',
  'token.issued',
  'token.denied',
] as const;

/** Sign-ins, refusals and tokens over time, the oldest first. */
export async function readStatistics(
  { stores, clock }: StatisticsDeps,
  period: StatisticsPeriod,
): Promise<StatisticsBucket[]> {
  const starts = startsOf(period, clock.now());
  const [from = clock.now()] = starts;
  const tallies = await stores.auditHours.read({ from, step: stepOf(period), types: TYPES });
  return starts.map((at) =>
    toBucket(
      at,
      tallies.filter((one) => +one.at === +at),
    ),
  );
}

function toBucket(at: Date, tallies: readonly AuditTally[]): StatisticsBucket {
  const sum = (...types: readonly string[]) =>
    tallies
      .filter(({ type }) => types.includes(type))
      .reduce((total, { count }) => total + count, 0);
  const byIssuer = (type: string) =>
    new Map(
      tallies.flatMap((one): [string, number][] =>
        one.type === type && one.issuerId !== undefined ? [[one.issuerId, one.count]] : [],
      ),
    );
  return {
    at,
    signIns: sum('session.started'),
    signInsRefused: sum('session.refused', 'session.limited'),
    tokens: byIssuer('token.issued'),
    tokensRefused: byIssuer('token.denied'),
  };
}
