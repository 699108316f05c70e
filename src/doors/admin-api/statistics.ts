import { z } from 'zod';
import { type ByIssuer, STATISTICS_PERIODS, stepOf } from '../../domain/statistics.ts';
import type { IssuerCatalog } from '../../operations/issuer-catalog.ts';
import { readStatistics, type StatisticsDeps } from '../../operations/read-statistics.ts';
import { type ApiRoute, apiRoute } from './route.ts';

export interface StatisticsApiDeps extends StatisticsDeps {
  readonly catalog: Pick<IssuerCatalog, 'current'>;
}

const byIssuer = z
  .record(z.string(), z.number().int())
  .meta({ description: 'Slug of the issuer (its id when it is gone) → how many' });

export function statisticsApi(deps: StatisticsApiDeps): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/v1/statistics',
      permission: 'audit:read',
      summary:
        'Sign-ins, refusals and tokens over time: 24 hours by hour, or 30 days by day of UTC',
      query: z.strictObject({ period: z.enum(STATISTICS_PERIODS).default('day') }),
      answers: {
        200: z.object({
          period: z.enum(STATISTICS_PERIODS),
          step: z.enum(['hour', 'day']),
          items: z.array(
            z.object({
              at: z.iso.datetime().meta({ description: 'When the hour or day began' }),
              signIns: z.number().int(),
              signInsRefused: z.number().int(),
              tokens: byIssuer,
              tokensRefused: byIssuer,
            }),
          ),
        }),
      },
      async handle({ query: { period } }) {
        const buckets = await readStatistics(deps, period);
        const issuers = [...deps.catalog.current().bySlug.values()].map(({ issuer }) => issuer);
        const slugs = new Map(issuers.map(({ id, slug }) => [id, slug]));
        const present = (counts: ByIssuer) =>
          Object.fromEntries([...counts].map(([id, count]) => [slugs.get(id) ?? id, count]));
        const items = buckets.map(({ tokens, tokensRefused, ...same }) => ({
          ...same,
          tokens: present(tokens),
          tokensRefused: present(tokensRefused),
        }));
        return { status: 200, body: { period, step: stepOf(period), items } };
      },
    }),
  ];
}
