import { readFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { ENGINE_SETTINGS, embeddedDatabase } from '../../../src/stores/database/embedded.ts';
import { createHub, type Hub } from '../../../src/stores/database/hub.ts';
import { cstrings, FROM_CLIENT, int32, message } from '../../../src/stores/database/wire.ts';

const ground = inject('ground');

async function impatientHub(dump: string) {
  const loadDataDir = new Blob([await readFile(dump)]);
  const engine = await PGlite.create({ loadDataDir, postgresqlconf: ENGINE_SETTINGS });
  const hub = createHub(engine, { maxIdleInTransactionMs: 100 });
  const database = embeddedDatabase(hub, { release: () => engine.close() });
  await database.knex.raw('create table notes (id int primary key)');
  return { ...database, engine, hub };
}

/** A connection without a driver, which has said hello. */
function connectRaw(hub: Hub) {
  let answers = '';
  const session = hub.connect({
    send: (bytes) => void (answers += bytes.toString('latin1')),
    end: () => undefined,
  });
  session.receive(Buffer.concat([int32(8), int32(196_608)]));
  answers = '';
  return { session, answers: () => answers };
}

const query = (sql: string) => message(FROM_CLIENT.query, cstrings(sql));

describe.runIf(ground.kind === 'embedded')('one engine for many connections', async () => {
  if (ground.kind !== 'embedded') return;
  const { knex, engine, hub, close } = await impatientHub(ground.dump);
  afterAll(close);

  it('ends a transaction that waits for a query outside of it', async () => {
    const entangled = knex.transaction(async (trx) => {
      await trx('notes').insert({ id: 1 });
      await knex('notes').insert({ id: 2 });
      await trx('notes').insert({ id: 3 });
    });

    await expect(entangled).rejects.toMatchObject({
      code: '25P03',
      message: expect.stringContaining('outside its transaction'),
    });
    expect(await knex('notes').orderBy('id').pluck('id')).toEqual([2]);
  });

  it('refuses the commit of a transaction it had to end', async () => {
    const entangled = knex.transaction(async (trx) => {
      await trx('notes').insert({ id: 10 });
      await knex('notes').select();
    });

    await expect(entangled).rejects.toMatchObject({ code: '25P03' });
    expect(await knex('notes').where({ id: 10 })).toEqual([]);
  });

  it('lets a transaction take its time while nobody waits', async () => {
    await knex.transaction(async (trx) => {
      await trx('notes').insert({ id: 20 });
      await new Promise((resolve) => setTimeout(resolve, 250));
      await trx('notes').insert({ id: 21 });
    });

    expect(await knex('notes').whereIn('id', [20, 21]).pluck('id')).toEqual([20, 21]);
  });

  it('rolls back at once what a connection began that is gone meanwhile', async () => {
    const patient = createHub(engine, { maxIdleInTransactionMs: 60_000 });
    const gone = connectRaw(patient);
    gone.session.receive(query('begin; insert into notes values (30)'));
    gone.session.close();
    const next = connectRaw(patient);
    next.session.receive(query('select count(*) from notes where id = 30'));

    await expect.poll(next.answers).toContain('SELECT 1');
    expect(await knex('notes').where({ id: 30 })).toEqual([]);
  });

  it('lets nobody between the parts of one exchange', async () => {
    const first = connectRaw(hub);
    const second = connectRaw(hub);
    const parse = message(FROM_CLIENT.parse, cstrings('', "select 'one'"), Buffer.from([0, 0]));
    first.session.receive(Buffer.concat([parse, message(FROM_CLIENT.flush)]));
    second.session.receive(query("select 'two'"));

    await expect.poll(first.answers).not.toBe('');
    expect(second.answers()).toBe('');
    first.session.receive(message(FROM_CLIENT.sync));
    await expect.poll(second.answers).toContain('two');
    first.session.close();
    second.session.close();
  });

  it('leaves the event loop alive during thousands of queries', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const lane = async () => {
      for (let query = 0; query < 300; query++) await knex.raw('select 1');
    };

    await Promise.all(Array.from({ length: 10 }, lane));

    clearInterval(timer);
    expect(ticks).toBeGreaterThan(50);
  });

  it('answers the same types as production', async () => {
    const { rows } = await knex.raw(
      `select 9007199254740993::bigint as big, 1.50::numeric as exact, '\\x00ff'::bytea as bytes,
              '{"a":1}'::jsonb as json, timestamptz '2026-01-01 00:00:00Z' as at`,
    );

    expect(rows).toEqual([
      {
        big: '9007199254740993',
        exact: '1.50',
        bytes: Buffer.from([0x00, 0xff]),
        json: { a: 1 },
        at: new Date('2026-01-01T00:00:00Z'),
      },
    ]);
  });
});
