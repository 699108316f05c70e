import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openDatabase } from '../../../src/stores/database/open.ts';
import { startChild } from '../../support/child-process.ts';
import {
  type DisposablePostgres,
  startDisposablePostgres,
} from '../../support/disposable-postgres.ts';
import { findPostgresBinaries } from '../../support/postgres-binaries.js';
import { databaseUrl, withAdministrator } from '../../support/server-databases.ts';

const MIGRATE = new URL('children/migrate.ts', import.meta.url);
const WRITE = new URL('children/write.ts', import.meta.url);

const testable = inject('ground').kind === 'postgres' && findPostgresBinaries() !== undefined;

describe.runIf(testable)('a Postgres server of its own', () => {
  let server: DisposablePostgres;
  beforeAll(async () => {
    server = await startDisposablePostgres();
  });
  afterAll(() => server.stop());

  async function freshDatabase(name: string): Promise<string> {
    await withAdministrator(server.url, (knex) => knex.raw('create database ??', [name]));
    return databaseUrl(server.url, name);
  }

  it('is migrated once by processes that start together', async () => {
    const url = await freshDatabase('together');

    const children = [1, 2, 3].map(() => startChild(MIGRATE, url));
    const ends = await Promise.all(children.map((child) => child.exited));

    expect(ends).toEqual(ends.map(() => ({ code: 0, errors: '' })));
    const ran = children.map((child) => JSON.parse(child.lines.join('')));
    expect(ran.filter((names) => names.length > 0)).toHaveLength(1);
  });

  it('keeps what was acknowledged to a client that is killed', async () => {
    const url = await freshDatabase('killed');
    let acknowledged = 0;
    for (const lines of [5, 200]) {
      const writer = startChild(WRITE, JSON.stringify({ url, poolMax: 4 }));
      await writer.printed(lines);
      await writer.kill();
      acknowledged = Number(writer.lines.at(-1));
    }

    const { knex, close } = await openDatabase({ url, poolMax: 2 });
    const rows = await knex('acknowledged').orderBy('id');
    expect(rows.length).toBeGreaterThanOrEqual(acknowledged);
    expect(rows.filter((row) => row.double !== row.id * 2)).toEqual([]);
    await close();
  });

  it('may go away and come back: queries fail at once, then work, and listeners hear again', async () => {
    const url = await freshDatabase('restarted');
    const database = await openDatabase({ url, poolMax: 4 });
    const { knex } = database;
    const heard: string[] = [];
    await database.listen('catalog', (payload) => heard.push(payload));
    const idle = await Promise.all([1, 2, 3].map(() => knex.raw('select pg_sleep(0.05)')));
    expect(idle).toHaveLength(3);

    await server.halt();

    await expect(knex.raw('select 1')).rejects.toThrow();
    await expect(knex.transaction((trx) => trx.raw('select 1'))).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    await server.resume();
    await expect.poll(() => knex.raw('select 1').then(() => 'ok')).toBe('ok');
    await expect
      .poll(
        async () => {
          await knex.raw("notify catalog, 'again'");
          return heard;
        },
        { timeout: 10_000 },
      )
      .toContain('again');
    await database.close();
  });

  it('is not needed to open: the first query says that it is away', async () => {
    const { knex, close } = await openDatabase({
      url: 'postgres://nobody@127.0.0.1:1/none',
      poolMax: 2,
    });

    await expect(knex.raw('select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await close();
  });

  it('is given up after seconds when it takes the connection and never answers', async () => {
    const silent = createServer(() => undefined);
    const port = await new Promise<number>((resolve) => {
      silent.listen(0, '127.0.0.1', () => resolve((silent.address() as AddressInfo).port));
    });
    const database = await openDatabase({ url: `postgres://a@127.0.0.1:${port}/b`, poolMax: 2 });

    await expect(database.knex.raw('select 1')).rejects.toThrow(/timeout/i);
    await database.close();
    silent.close();
  });
});
