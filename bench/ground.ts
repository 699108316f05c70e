/**
 * What every figure stands on: a real Postgres, a world, the server, the yardstick server, and the
 * load generator.
 *
 * @module
 */
import { startDisposablePostgres } from '../test/support/disposable-postgres.ts';
import { databaseUrl, withAdministrator } from '../test/support/server-databases.ts';
import { forkChild } from './child.ts';
import { type Load, startLoad } from './load/load.ts';
import { makeWorld, type World } from './world.ts';

export interface Ground {
  readonly postgresUrl: string;
  readonly load: Load;
  /** With 100 people. */
  readonly world: World;
  /** Ports of the yardstick server: forty routes; a row and a shared insert. */
  readonly yardstick: { readonly routed: number; readonly bare: number };
  /** How long one measurement takes, and how many count. */
  readonly pace: Pace;
  stop(): Promise<void>;
}

export interface Pace {
  readonly seconds: number;
  readonly rounds: number;
}

/** Connections of the load generator. */
export const CONNECTIONS = 32;

export async function layGround(pace: Pace): Promise<Ground> {
  // The server's own defaults: what it answered to has reached the disk (fsync, synchronous_commit).
  const postgres = await startDisposablePostgres([]);
  const world = await makeWorld(postgres.url, { name: 'bench_world', users: 100 });
  await withAdministrator(postgres.url, (knex) => knex.raw('create database bench_yardstick'));
  const yardstick = await forkChild(new URL('baseline-server.ts', import.meta.url), {
    DATABASE_URL: databaseUrl(postgres.url, 'bench_yardstick'),
  });
  const load = await startLoad();

  return {
    postgresUrl: postgres.url,
    load,
    world,
    yardstick: yardstick.greeting as Ground['yardstick'],
    pace,
    async stop() {
      await load.stop();
      await yardstick.stop();
      await postgres.stop();
    },
  };
}
