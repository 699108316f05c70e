/**
 * What the rest of the stores may know of a database: knex, notifications, and its end.
 *
 * @module
 */
import createKnex, { type Knex } from 'knex';
import { Client, type ClientConfig } from 'pg';
import { listenOn } from './listen.ts';

export interface Database {
  readonly knex: Knex;
  readonly kind: 'postgres' | 'embedded';
  /**
   * Calls `onNotify` with the payload of every NOTIFY on `channel`. A lost connection is made
   * again by itself; what is notified meanwhile is lost, so a caller needs a slow poll behind it.
   *
   * @returns a function that stops listening.
   * @throws the driver's error when the first connection fails.
   */
  readonly listen: (
    channel: string,
    onNotify: (payload: string) => void,
  ) => Promise<() => Promise<void>>;
  /** Waits for running queries, then lets go of everything. May be called twice. */
  readonly close: () => Promise<void>;
}

export interface ConnectionPlan {
  readonly kind: Database['kind'];
  readonly connection: Knex.PgConnectionConfig & ClientConfig;
  readonly poolMax: number;
  /** Runs after the last connection has closed. */
  readonly release?: () => Promise<void>;
}

/** How long to wait for a new connection, and for one of the pool to be free. */
const CONNECT_TIMEOUT_MS = 3000;
const ACQUIRE_TIMEOUT_MS = 5000;

/** What knex would print to the terminal it throws as well, to somebody who can act on it. */
const SILENT = { warn() {}, error() {}, deprecate() {}, debug() {} };

/** One code path for both kinds: knex's `pg` dialect, whatever its bytes travel through. */
export function connectDatabase(plan: ConnectionPlan): Database {
  const connection = { connectionTimeoutMillis: CONNECT_TIMEOUT_MS, ...plan.connection };
  const knex = createKnex({
    client: 'pg',
    // Errors reach the log: what was bound to a query must not.
    compileSqlOnError: false,
    connection: { ...connection },
    pool: { min: 0, max: plan.poolMax },
    acquireConnectionTimeout: ACQUIRE_TIMEOUT_MS,
    log: SILENT,
  });
  const stops = new Set<() => Promise<void>>();
  let closing: Promise<void> | undefined;

  return {
    knex,
    kind: plan.kind,
    async listen(channel, onNotify) {
      const stop = await listenOn(() => new Client({ ...connection }), channel, onNotify);
      stops.add(stop);
      return async () => {
        stops.delete(stop);
        await stop();
      };
    },
    close: () => (closing ??= closeAll()),
  };

  async function closeAll(): Promise<void> {
    await Promise.all([...stops].map((stop) => stop()));
    await knex.destroy();
    await plan.release?.();
  }
}
