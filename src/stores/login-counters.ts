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
   * Counts one attempt for each, but for those that are over their limit; gives what became of
   * each, in the same order. Those that counted must be given back when another was refused.
   */
  count(counters: readonly KeyedLoginCounter[], now: Date): Promise<CountOutcome[]>;
  /** Takes back what was counted, as each counter says. */
  settle(counted: readonly Counted[], outcome: 'success' | 'not_tried'): Promise<void>;
  /** Removes a batch of what no longer counts; says how many. */
  sweep(now: Date, batch: number): Promise<number>;
}

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
      readonly outcome: 'refused';
      readonly counter: KeyedLoginCounter;
      /** When the next attempt may be made; `undefined` when others were faster just now. */
      readonly freeAt: Date | undefined;
    }
  /** It counts only if present, and was not. */
  | { readonly outcome: 'absent' };

/** Rows are locked in the order of their keys, here and in `SETTLE`: no deadlocks. */
const COUNT = `
  with asked as materialized (
    select decode(a.key, 'hex') as key, a.most, a.window_ends_at, a.sliding, a.waits
    from jsonb_to_recordset(cast(:counters as jsonb)) as a (
      key text, most integer, window_ends_at timestamptz, sliding boolean, if_present boolean,
      waits integer[])
    where not a.if_present or exists (
      select 1 from login_counters p where p.key = decode(a.key, 'hex') and p.window_ends_at > :now)
  ),
  counted as (
    insert into login_counters as c (key, count, window_ends_at, blocked_until)
    select a.key, 1, a.window_ends_at, cast(:now as timestamptz) + make_interval(secs => a.waits[1])
    from asked a order by a.key
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
    returning c.key, c.count, c.window_ends_at, c.blocked_until
  )
  select encode(a.key, 'hex') as key, n.count, n.window_ends_at, n.blocked_until,
    case when b.blocked_until > :now then b.blocked_until else b.window_ends_at end as free_at
  from asked a
  left join counted n on n.key = a.key
  left join login_counters b on b.key = a.key`;

const SETTLE = `
  with given as (
    select decode(g.key, 'hex') as key, g.window_ends_at, g.blocked_until, g.clear, g.sliding
    from jsonb_to_recordset(cast(:counted as jsonb)) as g (
      key text, window_ends_at timestamptz, blocked_until timestamptz, clear boolean,
      sliding boolean)
  ),
  held as materialized (
    select c.key, c.count, g.clear, g.blocked_until
    from login_counters c join given g on g.key = c.key
    where g.clear or g.sliding or c.window_ends_at = g.window_ends_at
    order by c.key for update of c
  ),
  emptied as (
    delete from login_counters c using held h where c.key = h.key and (h.clear or h.count <= 1)
  )
  update login_counters c set
    count = c.count - 1,
    blocked_until = case when c.blocked_until = h.blocked_until then timestamptz 'epoch'
                         else c.blocked_until end
  from held h where c.key = h.key and not h.clear and h.count > 1`;

interface CountRow {
  key: string;
  count: number | null;
  window_ends_at: Date | null;
  blocked_until: Date | null;
  free_at: Date | null;
}

export function createLoginCounterStore(sql: Sql): LoginCounterStore {
  return {
    async count(counters, now) {
      const asked = counters.map((counter) => toJson(counter, now));
      const { rows } = await sql.raw<{ rows: CountRow[] }>(COUNT, {
        counters: JSON.stringify(asked),
        now,
      });
      const byKey = new Map(rows.map((row) => [row.key, row]));
      return counters.map((counter) => outcomeOf(counter, byKey.get(counter.key.toString('hex'))));
    },

    async settle(counted, outcome) {
      if (counted.length === 0) return;
      const given = counted.map(({ counter, windowEndsAt, blockedUntil }) => ({
        key: counter.key.toString('hex'),
        window_ends_at: windowEndsAt,
        blocked_until: blockedUntil,
        sliding: counter.window === 'sliding',
        clear: outcome === 'success' && counter.onSuccess === 'clear',
      }));
      await sql.raw(SETTLE, { counted: JSON.stringify(given) });
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

function toJson(counter: KeyedLoginCounter, now: Date) {
  return {
    key: counter.key.toString('hex'),
    most: counter.most,
    window_ends_at: new Date(now.getTime() + counter.windowSeconds * 1000),
    sliding: counter.window === 'sliding',
    if_present: counter.when === 'if_present',
    waits: counter.waitsSeconds,
  };
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
