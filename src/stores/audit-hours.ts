/**
 * How often what happened. Whole hours are counted once, by a job; what came since is counted when
 * it is asked for. So neither a row written nor a dashboard shown costs more where there are many.
 *
 * @module
 */
import type { AuditType } from '../domain/audit-event.ts';
import type { Sql } from './rows.ts';

export interface AuditHourStore {
  /**
   * Counts the hours that are over and drops those nobody looks at any more. A process that finds
   * another at it does nothing.
   */
  countHours(now: Date): Promise<void>;
  /** Since `from`, by hour or day of UTC; what did not happen has no row. */
  read(query: HoursQuery): Promise<AuditTally[]>;
}

export interface HoursQuery {
  readonly from: Date;
  readonly step: 'hour' | 'day';
  readonly types: readonly AuditType[];
}

export interface AuditTally {
  /** When the hour or day began. */
  readonly at: Date;
  readonly type: AuditType;
  readonly issuerId: string | undefined;
  readonly count: number;
}

const NO_ISSUER = '00000000-0000-0000-0000-000000000000';
/** An hour is counted so long after it is over: most rows are there by then. */
const LATE_MS = 5 * 60_000;
/** And counted anew for so long, for transactions that took longer and clocks that are behind. */
const RECOUNTED_HOURS = 6;
const KEPT_MS = 400 * 24 * 3_600_000;

const TALLY = `
  select date_trunc('hour', at, 'UTC') as hour, type,
    coalesce(issuer_id, '${NO_ISSUER}') as issuer_id, count(*) as count
  from audit_events`;

interface TallyRow {
  at: Date;
  type: AuditType;
  issuer_id: string;
  count: string;
}

export function createAuditHourStore(sql: Sql): AuditHourStore {
  return {
    async countHours(now) {
      const until = new Date(now.getTime() - LATE_MS);
      until.setUTCMinutes(0, 0, 0);
      await sql.raw(
        `with held as (
           select counted_until from audit_hours_counted where counted_until < :until
           for update skip locked
         ), counted as (
           insert into audit_hours (hour, type, issuer_id, count)
           ${TALLY} where at < :until and at >= (
             select counted_until - make_interval(hours => ${RECOUNTED_HOURS}) from held)
           group by 1, 2, 3
           on conflict (hour, type, issuer_id) do update set count = excluded.count
         )
         update audit_hours_counted set counted_until = :until from held`,
        { until },
      );
      await sql('audit_hours')
        .where('hour', '<', new Date(now.getTime() - KEPT_MS))
        .del();
    },

    async read({ from, step, types }) {
      const { rows } = await sql.raw<{ rows: TallyRow[] }>(
        `select date_trunc(:step, hour, 'UTC') as at, type, issuer_id, sum(count)::text as count
         from (
           select hour, type, issuer_id, count from audit_hours where hour >= :from
           union all
           ${TALLY} where at >= greatest(:from, (select counted_until from audit_hours_counted))
           group by 1, 2, 3
         ) hours
         where type = any(:types) group by 1, 2, 3`,
        { from, step, types: [...types] },
      );
      return rows.map(({ at, type, issuer_id, count }) => ({
        at,
        type,
        issuerId: issuer_id === NO_ISSUER ? undefined : issuer_id,
        count: Number(count),
      }));
    },
  };
}
