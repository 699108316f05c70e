import type { SyncCounts, SyncNote, SyncState, UpstreamSync } from '../domain/upstreams/sync.ts';
import type { Sql } from './rows.ts';

/** Runs of directories' syncs. */
export interface UpstreamSyncStore {
  /**
   * False when another is under way; one that its process left behind is ended as failed, so that
   * this one may begin.
   */
  begin(sync: UpstreamSync, claimedUntil: Date): Promise<boolean>;
  /** False when it is no longer this process's: it was taken for dead. */
  advance(sync: UpstreamSync, claimedUntil: Date): Promise<boolean>;
  /** Ends it, unless it has ended. */
  finish(sync: UpstreamSync): Promise<boolean>;
  /** Latest first; trials too. */
  latest(upstreamId: string, limit: number): Promise<UpstreamSync[]>;
  /** When the last one began that was no trial. */
  lastStart(upstreamId: string): Promise<Date | undefined>;
  /** Whom the upstream knows, by pages in the order of their subjects. */
  known(page: KnownPage): Promise<KnownPerson[]>;
  /** People who come from the upstream and may sign in. */
  countActive(upstream: { readonly id: string; readonly slug: string }): Promise<number>;
  /** Removes a batch of those that ended before; says how many. */
  sweep(before: Date, batch: number): Promise<number>;
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
  state: SyncState;
  seen: number;
  counts: SyncCounts;
  notes: readonly SyncNote[];
  fault: string | null;
  message: string | null;
  started_at: Date;
  finished_at: Date | null;
}

export function createUpstreamSyncStore(sql: Sql): UpstreamSyncStore {
  const rows = () => sql<SyncRow>('upstream_syncs');
  const progress = (sync: UpstreamSync) => ({
    seen: sync.seen,
    counts: JSON.stringify(sync.counts),
    notes: JSON.stringify(sync.notes),
  });

  return {
    async begin(sync, claimedUntil) {
      const { id, upstreamId, trial, startedAt } = sync;
      await sql('upstream_syncs')
        .where({ upstream_id: upstreamId, state: 'running' })
        .where('claimed_until', '<=', startedAt)
        .update({ state: 'failed', fault: 'left_behind', finished_at: startedAt });
      const { rows: begun } = await sql.raw<{ rows: unknown[] }>(
        `insert into upstream_syncs (id, upstream_id, trial, state, started_at, claimed_until)
         values (?, ?, ?, 'running', ?, ?)
         on conflict (upstream_id) where state = 'running' do nothing returning 1`,
        [id, upstreamId, trial, startedAt, claimedUntil],
      );
      return begun.length === 1;
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

    async latest(upstreamId, limit) {
      const newest = [
        { column: 'started_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ];
      const found = await rows().where({ upstream_id: upstreamId }).orderBy(newest).limit(limit);
      return found.map(fromRow);
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

function fromRow({ upstream_id, fault, message, ...row }: SyncRow): UpstreamSync {
  const { id, trial, state, seen, counts, notes } = row;
  return {
    id,
    upstreamId: upstream_id,
    trial,
    state,
    seen,
    counts,
    notes,
    fault: fault ?? undefined,
    message: message ?? undefined,
    startedAt: row.started_at,
    finishedAt: row.finished_at ?? undefined,
  };
}
