import type {
  SyncActor,
  SyncCounts,
  SyncNote,
  SyncState,
  UpstreamSync,
} from '../domain/upstreams/sync.ts';
import { type Page, pageOf, readCursor, timeKey } from './page.ts';
import { type Sql, violatedConstraint } from './rows.ts';

/** Runs of directories' syncs. */
export interface UpstreamSyncStore {
  /** False when another is under way. One that its process left behind is not: see `takeUp`. */
  begin(sync: UpstreamSync, claimedUntil: Date): Promise<boolean>;
  /** Lays one down to be taken up. False when another waits, or is under way. */
  want(sync: UpstreamSync): Promise<boolean>;
  /**
   * The one that waits longest, begun anew. Those that a process left behind wait again when they
   * had waited, a few times; the others have failed.
   */
  takeUp(now: Date, claimedUntil: Date): Promise<UpstreamSync | undefined>;
  /** Lets one that was taken up wait again. False when it is no longer this process's. */
  putBack(id: string): Promise<boolean>;
  find(upstreamId: string, id: string): Promise<UpstreamSync | undefined>;
  /** False when it is no longer this process's: it was taken for dead. */
  advance(sync: UpstreamSync, claimedUntil: Date): Promise<boolean>;
  /** Ends it, unless it has ended. */
  finish(sync: UpstreamSync): Promise<boolean>;
  /** Latest first; trials too. */
  list(page: SyncPage): Promise<Page<UpstreamSync>>;
  /** The last one that is over and was no trial. */
  lastEnded(upstreamId: string): Promise<UpstreamSync | undefined>;
  /** When the last one began that was no trial. */
  lastStart(upstreamId: string): Promise<Date | undefined>;
  /** Whom the upstream knows, by pages in the order of their subjects. */
  known(page: KnownPage): Promise<KnownPerson[]>;
  /** People who come from the upstream and may sign in. */
  countActive(upstream: { readonly id: string; readonly slug: string }): Promise<number>;
  /** Removes a batch of those that ended before; says how many. */
  sweep(before: Date, batch: number): Promise<number>;
}

export interface SyncPage {
  readonly upstreamId: string;
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface KnownPage {
  readonly upstreamId: string;
  readonly after: string;
  readonly limit: number;
}

export interface KnownPerson {
  readonly subject: string;
  readonly userId: string;
  readonly missingSince: Date | undefined;
}

interface SyncRow {
  id: string;
  upstream_id: string;
  trial: boolean;
  force: boolean;
  actor: SyncActor | null;
  state: SyncState;
  seen: number;
  counts: SyncCounts;
  notes: readonly SyncNote[];
  gone: number | null;
  known: number | null;
  fault: string | null;
  message: string | null;
  started_at: Date;
  finished_at: Date | null;
}

/** Of one run; more would let a run that kills its process kill it for ever. */
const ATTEMPTS = 3;

export function createUpstreamSyncStore(sql: Sql): UpstreamSyncStore {
  const rows = () => sql<SyncRow>('upstream_syncs');
  const progress = (sync: UpstreamSync) => ({
    seen: sync.seen,
    counts: JSON.stringify(sync.counts),
    notes: JSON.stringify(sync.notes),
    gone: sync.share?.gone ?? null,
    known: sync.share?.known ?? null,
  });

  const settleLeftBehind = async (now: Date) => {
    await sql.raw(
      `update upstream_syncs set state = 'wanted'
       where state = 'running' and claimed_until <= ? and attempts between 1 and ?
         and not exists (select 1 from upstream_syncs w
                         where w.upstream_id = upstream_syncs.upstream_id and w.state = 'wanted')`,
      [now, ATTEMPTS - 1],
    );
    await sql('upstream_syncs')
      .where({ state: 'running' })
      .where('claimed_until', '<=', now)
      .update({ state: 'failed', fault: 'left_behind', finished_at: now });
  };

  return {
    async begin(sync, claimedUntil) {
      const { id, upstreamId, trial, force, actor, startedAt } = sync;
      await settleLeftBehind(startedAt);
      const { rows: begun } = await sql.raw<{ rows: unknown[] }>(
        `insert into upstream_syncs
           (id, upstream_id, trial, force, actor, state, started_at, claimed_until)
         values (?, ?, ?, ?, ?, 'running', ?, ?)
         on conflict (upstream_id) where state = 'running' do nothing returning 1`,
        [id, upstreamId, trial, force, JSON.stringify(actor), startedAt, claimedUntil],
      );
      return begun.length === 1;
    },

    async want({ id, upstreamId, trial, force, actor, share, startedAt }) {
      await settleLeftBehind(startedAt);
      const { rows: wanted } = await sql.raw<{ rows: unknown[] }>(
        `insert into upstream_syncs
           (id, upstream_id, trial, force, actor, gone, known, state, started_at, claimed_until)
         select ?, ?, ?, ?, ?, ?, ?, 'wanted', ?, ?
         where not exists (
           select 1 from upstream_syncs where upstream_id = ? and state = 'running')
         on conflict (upstream_id) where state = 'wanted' do nothing returning 1`,
        // biome-ignore format: one line for each clause
        [
          id, upstreamId, trial, force, JSON.stringify(actor), share?.gone ?? null, share?.known ?? null,
          startedAt, startedAt,
          upstreamId,
        ],
      );
      return wanted.length === 1;
    },

    async takeUp(now, claimedUntil) {
      await settleLeftBehind(now);
      try {
        const { rows: taken } = await sql.raw<{ rows: SyncRow[] }>(
          `update upstream_syncs
           set state = 'running', attempts = attempts + 1, started_at = ?, claimed_until = ?,
             seen = 0, counts = '{}', notes = '[]'
           where id = (
             select id from upstream_syncs w
             where state = 'wanted' and not exists (
               select 1 from upstream_syncs r
               where r.upstream_id = w.upstream_id and r.state = 'running')
             order by started_at, id limit 1 for update skip locked)
           returning *`,
          [now, claimedUntil],
        );
        return taken[0] && fromRow(taken[0]);
      } catch (cause) {
        // Another began for the same upstream between the two halves of the statement.
        if (violatedConstraint(cause) === 'upstream_syncs_running_key') return undefined;
        throw cause;
      }
    },

    async putBack(id) {
      const waiting = { state: 'wanted' };
      return (await sql('upstream_syncs').where({ id, state: 'running' }).update(waiting)) === 1;
    },

    async find(upstreamId, id) {
      const row = await rows().where({ upstream_id: upstreamId, id }).first();
      return row && fromRow(row);
    },

    async advance(sync, claimedUntil) {
      const moved = await sql('upstream_syncs')
        .where({ id: sync.id, state: 'running' })
        .update({ ...progress(sync), claimed_until: claimedUntil });
      return moved === 1;
    },

    async finish(sync) {
      const { id, state, fault = null, message = null, finishedAt = null } = sync;
      const ended = await sql('upstream_syncs')
        .where({ id, state: 'running' })
        .update({ ...progress(sync), state, fault, message, finished_at: finishedAt });
      return ended === 1;
    },

    async list({ upstreamId, after, limit }) {
      const key = after === undefined ? [] : readCursor(after, timeKey);
      const beyond = key.length > 0 ? 'and (started_at, id) < (?::timestamptz, ?::uuid)' : '';
      const { rows: found } = await sql.raw<{ rows: SyncRow[] }>(
        `select * from upstream_syncs where upstream_id = ? ${beyond}
         order by started_at desc, id desc limit ?`,
        [upstreamId, ...key, limit + 1],
      );
      const keyOf = (last: UpstreamSync) => [last.startedAt.toISOString(), last.id];
      return pageOf(found.map(fromRow), limit, keyOf);
    },

    async lastEnded(upstreamId) {
      const row = await rows()
        .where({ upstream_id: upstreamId, trial: false })
        .whereNotNull('finished_at')
        .orderBy('started_at', 'desc')
        .first();
      return row && fromRow(row);
    },

    async lastStart(upstreamId) {
      const row = await rows()
        .where({ upstream_id: upstreamId, trial: false })
        .orderBy('started_at', 'desc')
        .first();
      return row?.started_at;
    },

    async known({ upstreamId, after, limit }) {
      const { rows: found } = await sql.raw<{
        rows: { subject: string; user_id: string; missing_since: Date | null }[];
      }>(
        `select subject, user_id, missing_since from identities
         where upstream_id = ? and subject > ? order by subject limit ?`,
        [upstreamId, after, limit],
      );
      return found.map(({ subject, user_id, missing_since }) => ({
        subject,
        userId: user_id,
        missingSince: missing_since ?? undefined,
      }));
    },

    async countActive({ id, slug }) {
      const { rows: counted } = await sql.raw<{ rows: { count: string }[] }>(
        `select count(*) from identities i join users u on u.id = i.user_id
         where i.upstream_id = ? and u.source = ? and u.disabled_at is null`,
        [id, slug],
      );
      return Number(counted[0]?.count ?? 0);
    },

    async sweep(before, batch) {
      const { rows: swept } = await sql.raw<{ rows: unknown[] }>(
        `delete from upstream_syncs where id in (
           select id from upstream_syncs where finished_at < ? limit ?) returning 1`,
        [before, batch],
      );
      return swept.length;
    },
  };
}

function fromRow({ upstream_id, actor, fault, message, ...row }: SyncRow): UpstreamSync {
  const { id, trial, force, state, seen, counts, notes, gone, known } = row;
  return {
    id,
    upstreamId: upstream_id,
    trial,
    force,
    actor: actor ?? { actorName: 'system' },
    state,
    seen,
    counts,
    notes,
    share: gone === null || known === null ? undefined : { gone, known },
    fault: fault ?? undefined,
    message: message ?? undefined,
    startedAt: row.started_at,
    finishedAt: row.finished_at ?? undefined,
  };
}
