import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { migrate, pendingMigrations } from '../../../src/stores/database/migrate.ts';
import { testDatabase } from '../../support/database.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';

const { knex } = await testDatabase();
const scratch = await scratchFolder();

async function migrationsWith(name: string, files: Record<string, string>): Promise<URL> {
  const folder = path.join(scratch, name);
  await mkdir(folder);
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
  for (const [file, up] of Object.entries(files))
    await writeFile(
      path.join(folder, file),
      `export const up = (knex) => knex.raw(\`${up}\`);\nexport const down = () => {};\n`,
    );
  return pathToFileURL(`${folder}/`);
}

it('has nothing to do on a migrated database', async () => {
  expect(await pendingMigrations(knex)).toEqual([]);
  expect(await migrate(knex)).toEqual([]);
});

it('names what is pending without touching the database, then runs it once', async () => {
  await knex.raw('create schema fresh');
  await knex.raw('alter table knex_migrations set schema fresh');
  await knex.raw('alter table knex_migrations_lock set schema fresh');
  const files = {
    '1_one.js': 'create table one (id int)',
    '2_two.js': 'create table two (id int)',
  };
  const folder = await migrationsWith('good', files);

  expect(await pendingMigrations(knex, folder)).toEqual(['1_one.js', '2_two.js']);
  expect(await knex.schema.hasTable('knex_migrations')).toBe(false);
  expect(await migrate(knex, folder)).toEqual(['1_one.js', '2_two.js']);
  expect(await pendingMigrations(knex, folder)).toEqual([]);
  expect(await migrate(knex, folder)).toEqual([]);
});

it('leaves nothing behind when one of several fails, and can be repeated', async () => {
  const one = 'create table one_more (id int)';
  const broken = { '1_one.js': '', '2_two.js': '', '3_more.js': one, '4_broken.js': 'nonsense' };

  await expect(migrate(knex, await migrationsWith('broken', broken))).rejects.toThrow('nonsense');
  expect(await knex.schema.hasTable('one_more')).toBe(false);
  const mended = { ...broken, '4_broken.js': 'select 1' };
  expect(await migrate(knex, await migrationsWith('mended', mended))).toEqual([
    '3_more.js',
    '4_broken.js',
  ]);
});

it('is not stopped by a lock that a killed process left', async () => {
  await knex('knex_migrations_lock').update({ is_locked: 1 });
  const files = Object.fromEntries(
    ['1_one.js', '2_two.js', '3_more.js', '4_broken.js', '5_last.js'].map((file) => [
      file,
      'select 1',
    ]),
  );

  expect(await migrate(knex, await migrationsWith('locked', files))).toEqual(['5_last.js']);
});
