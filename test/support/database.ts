/**
 * A fresh, migrated database for one test file, on whatever the suite runs on.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { PGlite } from '@electric-sql/pglite';
import { inject } from 'vitest';
import { connectDatabase, type Database } from '../../src/stores/database/database.ts';
import { ENGINE_SETTINGS, embeddedDatabase } from '../../src/stores/database/embedded.ts';
import { createHub } from '../../src/stores/database/hub.ts';
import { atEnd } from './at-end.ts';
import type { Ground } from './ground.ts';
import { databaseUrl, withAdministrator } from './server-databases.ts';

export async function testDatabase(): Promise<Database> {
  const ground = inject('ground');
  const database = await (ground.kind === 'embedded' ? copyOfDump(ground) : copyOfTemplate(ground));
  atEnd(() => database.close());
  return database;
}

async function copyOfDump({ dump }: Ground & { kind: 'embedded' }): Promise<Database> {
  const loadDataDir = new Blob([await readFile(dump)]);
  const engine = await PGlite.create({ loadDataDir, postgresqlconf: ENGINE_SETTINGS });
  return embeddedDatabase(createHub(engine), { release: () => engine.close() });
}

/** Those that a migration fills. */
const FILLED = [
  'knex_migrations',
  'knex_migrations_lock',
  'catalog_version',
  'audit_hours_counted',
];

/** Far sooner done than another database is made. */
export async function emptyTables({ knex }: Database): Promise<void> {
  const { rows } = await knex.raw<{ rows: { name: string }[] }>(
    `select table_name as name from information_schema.tables
      where table_schema = current_schema() and table_type = 'BASE TABLE'`,
  );
  const names = rows.map(({ name }) => name).filter((name) => !FILLED.includes(name));
  await knex.raw(`truncate ${names.map(() => '??').join(', ')} cascade`, names);
}

let made = 0;

async function copyOfTemplate(ground: Ground & { kind: 'postgres' }): Promise<Database> {
  const { url, template } = ground;
  const name = `${template}_${process.pid}_${++made}`;
  await withAdministrator(url, (knex) =>
    knex.raw('create database ?? template ??', [name, template]),
  );
  return connectDatabase({
    kind: 'postgres',
    connection: { connectionString: databaseUrl(url, name) },
    poolMax: 10,
    release: () =>
      withAdministrator(url, (knex) => knex.raw('drop database ?? with (force)', [name])),
  });
}
