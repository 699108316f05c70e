import { expect, it } from 'vitest';
import { testDatabase } from '../../support/database.ts';

const database = await testDatabase();
const { knex } = database;

it('hears what is notified on its channel, when the transaction commits', async () => {
  const heard: string[] = [];
  const others: string[] = [];
  await database.listen('catalog', (payload) => heard.push(payload));
  await database.listen('elsewhere', (payload) => others.push(payload));

  await knex.transaction(async (trx) => {
    await trx.raw("select pg_notify('catalog', ?)", ['inside']);
    await trx.raw('select 1');
    expect(heard).toEqual([]);
  });
  const undone = knex.transaction(async (trx) => {
    await trx.raw("notify catalog, 'undone'");
    throw new Error('no');
  });
  await expect(undone).rejects.toThrow('no');
  await knex.raw("notify catalog, 'alone'");

  await expect.poll(() => heard).toEqual(['inside', 'alone']);
  expect(others).toEqual([]);
});

it('hears nothing more once it stopped', async () => {
  const heard: string[] = [];
  const proof: string[] = [];
  const stop = await database.listen('stopping', (payload) => heard.push(payload));
  await database.listen('stopping', (payload) => proof.push(payload));

  await stop();
  await knex.raw("notify stopping, 'late'");

  await expect.poll(() => proof).toEqual(['late']);
  expect(heard).toEqual([]);
});
