/**
 * Makes one migrated database that every test file gets a copy of.
 *
 * `TEST_DATABASE_URL` names a real server whose user may create databases; the value
 * `disposable` starts one for this run. Without it the suite runs on the embedded database.
 *
 * @module
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { TestProject } from 'vitest/node';
import { connectDatabase } from '../../src/stores/database/database.ts';
import { ENGINE_SETTINGS, embeddedDatabase } from '../../src/stores/database/embedded.ts';
import { createHub } from '../../src/stores/database/hub.ts';
import { migrate } from '../../src/stores/database/migrate.ts';
import { startDisposablePostgres } from './disposable-postgres.ts';
import { databaseUrl, withAdministrator } from './server-databases.ts';
import './ground.ts';

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const wanted = process.env['TEST_DATABASE_URL'];
  if (!wanted) return embeddedGround(project);
  if (wanted !== 'disposable') return postgresGround(project, wanted);

  const server = await startDisposablePostgres();
  const tearDown = await postgresGround(project, server.url);
  return async () => {
    await tearDown();
    await server.stop();
  };
}

async function embeddedGround(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'roomkey-test-'));
  const dump = path.join(folder, 'migrated.tar');
  const engine = await PGlite.create({ postgresqlconf: ENGINE_SETTINGS });
  const database = embeddedDatabase(createHub(engine), { release: () => engine.close() });
  await migrate(database.knex);
  const tar = await engine.dumpDataDir('none');
  await writeFile(dump, Buffer.from(await tar.arrayBuffer()));
  await database.close();
  project.provide('ground', { kind: 'embedded', dump });
  return () => rm(folder, { recursive: true });
}

async function postgresGround(project: TestProject, url: string): Promise<() => Promise<void>> {
  const template = `roomkey_template_${process.pid}`;
  await withAdministrator(url, (knex) => knex.raw('create database ??', [template]));
  const database = connectDatabase({
    kind: 'postgres',
    connection: { connectionString: databaseUrl(url, template) },
    poolMax: 2,
  });
  await migrate(database.knex);
  await database.close();
  project.provide('ground', { kind: 'postgres', url, template });
  return () =>
    withAdministrator(url, (knex) => knex.raw('drop database ?? with (force)', [template]));
}
