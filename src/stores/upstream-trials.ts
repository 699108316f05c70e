import type { TrialOutcome, TrialStep, UpstreamTrial } from '../domain/upstreams/trial.ts';
import type { Sql } from './rows.ts';

/** Tests of upstreams that wait for somebody to sign in there. */
export interface UpstreamTrialStore {
  /** @param tokenHash SHA-256 of what begins it. */
  add(trial: UpstreamTrial, tokenHash: Buffer): Promise<void>;
  find(id: string, now: Date): Promise<UpstreamTrial | undefined>;
  /** One that still waits. */
  findByToken(tokenHash: Buffer, now: Date): Promise<UpstreamTrial | undefined>;
  /** Once: of two who sign in for it at the same time, the first is told. */
  finish(id: string, steps: readonly TrialStep[], outcome: TrialOutcome): Promise<void>;
  /** Removes a batch of what has expired; says how many. */
  sweep(now: Date, batch: number): Promise<number>;
}

interface TrialRow {
  id: string;
  upstream_id: string;
  user_id: string | null;
  issuer: string;
  room: string;
  steps: readonly TrialStep[];
  outcome: TrialOutcome | null;
  created_at: Date;
  expires_at: Date;
}

export function createUpstreamTrialStore(sql: Sql): UpstreamTrialStore {
  const rows = (now: Date) => sql<TrialRow>('upstream_trials').where('expires_at', '>', now);

  return {
    async add(trial, tokenHash) {
      await sql('upstream_trials').insert({
        id: trial.id,
        upstream_id: trial.upstreamId,
        token_hash: tokenHash,
        user_id: trial.userId ?? null,
        issuer: trial.issuer,
        room: trial.room,
        steps: JSON.stringify(trial.steps),
        outcome: trial.outcome ? JSON.stringify(trial.outcome) : null,
        created_at: trial.createdAt,
        expires_at: trial.expiresAt,
      });
    },

    async find(id, now) {
      const row = await rows(now).where({ id }).first();
      return row && fromRow(row);
    },

    async findByToken(tokenHash, now) {
      const row = await rows(now)
        .whereRaw('token_hash = ? and outcome is null', [tokenHash])
        .first();
      return row && fromRow(row);
    },

    async finish(id, steps, outcome) {
      const told = { steps: JSON.stringify(steps), outcome: JSON.stringify(outcome) };
      await sql('upstream_trials').where({ id }).whereNull('outcome').update(told);
    },

    async sweep(now, batch) {
      const { rowCount } = await sql.raw<{ rowCount: number }>(
        `delete from upstream_trials where id in (
           select id from upstream_trials where expires_at <= ? limit ? for update skip locked)`,
        [now, batch],
      );
      return rowCount;
    },
  };
}

function fromRow({
  upstream_id,
  user_id,
  created_at,
  expires_at,
  ...row
}: TrialRow): UpstreamTrial {
  return {
    ...row,
    upstreamId: upstream_id,
    userId: user_id ?? undefined,
    outcome: row.outcome ?? undefined,
    createdAt: created_at,
    expiresAt: expires_at,
  };
}
