/**
 * Counts of attempts to sign in. Every row is written by one statement that looks and counts at
 * once, so that no number of processes lets one attempt more through than the limit says.
 *
 * @module
 */
import type { LoginCounter } from '../domain/login-limits.ts';
import type { Sql } from './rows.ts';

export interface LoginCounterStore {
  /**
   * Counts one attempt for each, but for those that are over their limit, and those whose step is
   * not reached; gives what became of each, in the same order. What counted must be given back
   * when another was refused.
   */
  count(counters: readonly KeyedLoginCounter[], now: Date): Promise<CountOutcome[]>;
  /** Takes back what was counted, as each counter says. */
  settle(counted: readonly Counted[], outcome: Settlement): Promise<void>;
  /** Removes a batch of what no longer counts; says how many. */
  sweep(now: Date, batch: number): Promise<number>;
}

export type Settlement = 'success' | 'not_tried';

/** With the keyed hash of its subject. */
export type KeyedLoginCounter = LoginCounter & { readonly key: Buffer };

export interface Counted {
  readonly outcome: 'counted';
  readonly counter: KeyedLoginCounter;
  /** With this attempt. */
  readonly count: number;
  readonly windowEndsAt: Date;
  readonly blockedUntil: Date;
}

export type CountOutcome =
  | Counted
  | {
      /** Over its limit, or its step was not reached. */
      readonly outcome: 'refused';
      readonly counter: KeyedLoginCounter;
      /** When the next attempt may be made; `undefined` when others were faster just now. */
      readonly freeAt: Date | undefined;
    }
  /** It counts only if present, and was not; or the other way round. */
  | { readonly outcome: 'absent' };

/** Counts those of the `asked` for which `condition` holds, unless they are over their limit. */
const countRows = (condition: string) => `
    insert into login_counters as c (key, count, window_ends_at, blocked_until)
    select a.key, 1, a.window_ends_at, cast(:now as timestamptz) + make_interval(secs => a.waits[1])
    from asked a where ${condition} order by a.nth
    on conflict (key) do update set
      count = case when c.window_ends_at <= :now then 1 else c.count + 1 end,
      window_ends_at = case
        when c.window_ends_at <= :now or (select a.sliding from asked a where a.key = c.key)
        then excluded.window_ends_at else c.window_ends_at end,
      blocked_until = cast(:now as timestamptz) + make_interval(secs => (
        select a.waits[case when c.window_ends_at <= :now then 1
                            else least(c.count + 1, cardinality(a.waits)) end]
        from asked a where a.key = c.key))
    where c.window_ends_at <= :now
      or (c.blocked_until <= :now and c.count < (select a.most from asked a where a.key = c.key))
    returning c.key, c.count, c.window_ends_at, c.blocked_until`;

/**
 * Each step waits for what the one before it gives back: see `LoginCounterStep`. Rows are locked
 * in the order of \`countersOf\`, here and in \`settleRows\`: no deadlocks.
 */
const COUNT = `
  with asked as materialized (
    select decode(a.key, 'hex') as key, a.nth, a.step, a.most, a.window_ends_at, a.sliding,
      a.present, a.waits
    from jsonb_to_recordset(cast(:counters as jsonb)) as a (
      key text, nth integer, step text, most integer, window_ends_at timestamptz, sliding boolean,
      present boolean, waits integer[])
    where a.present is null or a.present = exists (
      select 1 from login_counters p where p.key = decode(a.key, 'hex') and p.window_ends_at > :now)
  ),
  first as (${countRows(`a.step = 'first'`)}),
  marked as (${countRows(`a.step = 'marker' and not exists (
      select 1 from asked f left join first n on n.key = f.key
      where f.step = 'first' and (n.key is null or f.present))`)}),
  named as (${countRows(`a.step = 'names' and exists (select 1 from marked)`)}),
  slowed as (${countRows(`a.step = 'slow_lane' and exists (select 1 from marked) and not exists (
      select 1 from named n join asked w on w.key = n.key where n.count < w.most)`)}),
  counted as (
    select * from first union all select * from marked union all select * from named
    union all select * from slowed
  )
  select a.nth, n.count, n.window_ends_at, n.blocked_until,
    case when b.blocked_until > :now then b.blocked_until else b.window_ends_at end as free_at
  from asked a
  left join counted n on n.key = a.key
  left join login_counters b on b.key = a.key`;

/**
 * Common table expressions that take back what `:counted` says: see `toSettlement`.
 *
 * @param condition What must be true; what it looks at is done before the first row is locked.
 */
export const settleRows = (condition: string) => `
  given as (
    select g.nth, decode(g.key, 'hex') as key, g.window_ends_at, g.blocked_until, g.clear, g.sliding
    from jsonb_to_recordset(cast(:counted as jsonb)) as g (
      nth integer, key text, window_ends_at timestamptz, blocked_until timestamptz, clear boolean,
      sliding boolean)
  ),
  held_counters as materialized (
    select c.key, c.count, g.clear, g.blocked_until
    from login_counters c join given g on g.key = c.key
    where (${condition}) and (g.clear or g.sliding or c.window_ends_at = g.window_ends_at)
    order by g.nth for update of c
  ),
  emptied as (
    delete from login_counters c using held_counters h
    where c.key = h.key and (h.clear or h.count <= 1)
  ),
  given_back as (
    update login_counters c set
      count = c.count - 1,
      blocked_until = case when c.blocked_until = h.blocked_until then timestamptz 'epoch'
                           else c.blocked_until end
    from held_counters h where c.key = h.key and not h.clear and h.count > 1
  )`;

const SETTLE = `with ${settleRows('true')} select 1`;

interface CountRow {
  nth: number;
  count: number | null;
  window_ends_at: Date | null;
  blocked_until: Date | null;
  free_at: Date | null;
}

/** @param prepared Whether the server keeps named statements apart by connection. */
export function createLoginCounterStore(
  sql: Sql,
  { prepared }: { prepared: boolean },
): LoginCounterStore {
  const options = prepared ? { name: 'count_login_attempt' } : {};
  return {
    async count(counters, now) {
      const asked = counters.map((counter, nth) => toJson(counter, { nth, now }));
      const query = sql.raw<{ rows: CountRow[] }>(COUNT, { counters: JSON.stringify(asked), now });
      const { rows } = await query.options(options);
      const byNth = new Map(rows.map((row) => [row.nth, row]));
      return counters.map((counter, nth) => outcomeOf(counter, byNth.get(nth)));
    },

    async settle(counted, outcome) {
      if (counted.length === 0) return;
      await sql.raw(SETTLE, { counted: toSettlement(counted, outcome) });
    },

    async sweep(now, batch) {
      const { rowCount } = await sql.raw<{ rowCount: number }>(
        `delete from login_counters where key in (
           select key from login_counters where window_ends_at <= ? and blocked_until <= ?
           order by window_ends_at limit ? for update skip locked)`,
        [now, now, batch],
      );
      return rowCount;
    },
  };
}

const PRESENT = { always: undefined, if_present: true, if_absent: false } as const;

function toJson(counter: KeyedLoginCounter, { nth, now }: { nth: number; now: Date }) {
  return {
    nth,
    key: counter.key.toString('hex'),
    step: counter.step,
    most: counter.most,
    window_ends_at: new Date(now.getTime() + counter.windowSeconds * 1000),
    sliding: counter.window === 'sliding',
    present: PRESENT[counter.when],
    waits: counter.waitsSeconds,
  };
}

/** What `settleRows` reads, as JSON. Of the order in which it was counted. */
export function toSettlement(counted: readonly Counted[], outcome: Settlement): string {
  const given = counted.map(({ counter, windowEndsAt, blockedUntil }, nth) => ({
    nth,
    key: counter.key.toString('hex'),
    window_ends_at: windowEndsAt,
    blocked_until: blockedUntil,
    sliding: counter.window === 'sliding',
    clear: outcome === 'success' && counter.onSuccess === 'clear',
  }));
  return JSON.stringify(given);
}

function outcomeOf(counter: KeyedLoginCounter, row: CountRow | undefined): CountOutcome {
  if (!row) return { outcome: 'absent' };
  const { count, window_ends_at, blocked_until } = row;
  if (count === null || !window_ends_at || !blocked_until)
    return { outcome: 'refused', counter, freeAt: row.free_at ?? undefined };
  return {
    outcome: 'counted',
    counter,
    count,
    windowEndsAt: window_ends_at,
    blockedUntil: blocked_until,
  };
}
