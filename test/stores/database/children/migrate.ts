/**
 * Migrates the database whose URL is the argument, and prints what it ran.
 *
 * @module
 */
import { migrate } from '../../../../src/stores/database/migrate.ts';
import { openDatabase } from '../../../../src/stores/database/open.ts';

const { knex, close } = await openDatabase({ url: process.argv[2] ?? '', poolMax: 4 });
console.log(JSON.stringify(await migrate(knex)));
await close();
