/**
 * Writes in transactions and prints the number of each one that was acknowledged.
 * Argument: the settings of `openDatabase` as JSON.
 *
 * @module
 */
import { openDatabase } from '../../../../src/stores/database/open.ts';

const { knex } = await openDatabase(JSON.parse(process.argv[2] ?? ''));
await knex.raw('create table if not exists acknowledged (id int primary key, double int)');
const newest = await knex('acknowledged').max({ id: 'id' }).first();

for (let id = (newest?.id ?? 0) + 1; ; id++) {
  await knex.transaction(async (trx) => {
    await trx('acknowledged').insert({ id });
    await trx('acknowledged')
      .where({ id })
      .update({ double: id * 2 });
  });
  process.stdout.write(`${id}\n`);
}
