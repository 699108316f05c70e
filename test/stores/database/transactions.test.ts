import { describe, expect, it } from 'vitest';
import { testDatabase } from '../../support/database.ts';

const { knex } = await testDatabase();
await knex.schema.createTable('counters', (table) => {
  table.integer('id').primary();
  table.integer('value').notNullable();
});

describe('transactions', () => {
  it('exclude each other: fifty concurrent read-modify-writes lose none', async () => {
    await knex('counters').insert({ id: 1, value: 0 });

    await Promise.all(
      Array.from({ length: 50 }, () =>
        knex.transaction(async (trx) => {
          const row = await trx('counters').where({ id: 1 }).forUpdate().first('value');
          await trx('counters')
            .where({ id: 1 })
            .update({ value: row.value + 1 });
        }),
      ),
    );

    expect(await knex('counters').where({ id: 1 }).first('value')).toEqual({ value: 50 });
  });

  it('leave nothing behind when they throw', async () => {
    const failing = knex.transaction(async (trx) => {
      await trx('counters').insert({ id: 2, value: 0 });
      throw new Error('no');
    });

    await expect(failing).rejects.toThrow('no');
    expect(await knex('counters').where({ id: 2 }).first()).toBeUndefined();
  });

  it('go on after a refused statement inside a savepoint', async () => {
    await knex.transaction(async (trx) => {
      await trx('counters').insert({ id: 3, value: 1 });
      const refused = trx.transaction((inner) => inner('counters').insert({ id: 3, value: 2 }));
      await expect(refused).rejects.toMatchObject({ code: '23505', constraint: 'counters_pkey' });
    });

    expect(await knex('counters').where({ id: 3 }).first('value')).toEqual({ value: 1 });
  });
});
