/**
 * What our own addresses are measured against, in a process of its own: Koa with little else.
 *
 *     GET /constant/39    the last of forty routes of @koa/router: a constant
 *     GET /row            no router: one select by primary key, one insert that concurrent
 *                         requests share, each waiting for its own
 *
 * @module
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Router } from '@koa/router';
import createKnex, { type Knex } from 'knex';
import Koa from 'koa';

const ROUTES = 40;
const CONSTANT = Buffer.alloc(450, 'k');

const knex = createKnex({
  client: 'pg',
  connection: process.env.DATABASE_URL ?? '',
  pool: { min: 0, max: 10 },
});

await knex.raw(`
  create table bench_rows (id uuid primary key, name text not null, at timestamptz not null);
  insert into bench_rows select gen_random_uuid(), 'row ' || n, now() from generate_series(1, 1000) n;
  create table bench_events (
    id bigint generated always as identity primary key, at timestamptz not null,
    row_id uuid not null, room text not null)`);
const ids: string[] = await knex('bench_rows').pluck('id');
const address = { routed: await listen(routed()), bare: await listen(bare(knex, ids)) };

process.on('disconnect', () => process.exit());
process.send?.(address);

function routed(): Koa {
  const router = new Router();
  for (let nth = 0; nth < ROUTES; nth++)
    router.get(`/constant/${nth}`, (ctx) => {
      ctx.type = 'application/x-pem-file';
      ctx.body = CONSTANT;
    });
  const app = new Koa();
  app.use(router.routes());
  return app;
}

function bare(knex: Knex, ids: readonly string[]): Koa {
  const insert = shareInserts(async (rows) => {
    await knex('bench_events').insert([...rows]);
  });
  let turn = 0;

  return new Koa().use(async (ctx) => {
    const id = ids[turn++ % ids.length];
    const row = await knex('bench_rows').where({ id }).first();
    await insert({ at: new Date(), row_id: row.id, room: 'bench' });
    ctx.body = row.name;
  });
}

function shareInserts<Row>(insert: (rows: readonly Row[]) => Promise<void>) {
  let gathered: Row[] = [];
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;

  return (row: Row): Promise<void> => {
    gathered.push(row);
    next ??= running.then(() => {
      const batch = gathered;
      gathered = [];
      next = undefined;
      running = insert(batch);
      return running;
    });
    return next;
  };
}

function listen(app: Koa): Promise<number> {
  return new Promise((resolve) => {
    const answer = app.callback();
    const server = createServer((request, response) => void answer(request, response));
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
