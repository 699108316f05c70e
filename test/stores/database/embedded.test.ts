import { chmod, cp, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { migrate } from '../../../src/stores/database/migrate.ts';
import { openDatabase } from '../../../src/stores/database/open.ts';
import { startChild } from '../../support/child-process.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';

const OPEN = new URL('children/open.ts', import.meta.url);
const WRITE = new URL('children/write.ts', import.meta.url);

const embedded = inject('ground').kind === 'embedded';

const settings = (dataDir: string, role: 'server' | 'command' = 'server') => ({ dataDir, role });

async function permissions(file: string): Promise<string> {
  return ((await stat(file)).mode & 0o777).toString(8);
}

describe.runIf(embedded)('the embedded database', async () => {
  if (!embedded) return;
  const scratch = await scratchFolder();
  const seed = path.join(scratch, 'seed');
  const seeded = await openDatabase(settings(seed));
  await migrate(seeded.knex);
  await seeded.close();

  async function seededFolder(name: string): Promise<string> {
    const folder = path.join(scratch, name);
    await cp(seed, folder, { recursive: true });
    return folder;
  }

  it('belongs to one server, and to the commands that come through its socket', async () => {
    const dataDir = seed;
    const server = await openDatabase(settings(dataDir));
    expect(await permissions(dataDir)).toBe('700');
    expect(await permissions(path.join(dataDir, 'roomkey.sock'))).toBe('600');

    const refused = startChild(OPEN, JSON.stringify(settings(dataDir)));
    await refused.exited;
    expect(refused.lines).toEqual([`FolderInUse: ${dataDir} is in use by another process`]);

    const command = await openDatabase(settings(dataDir, 'command'));
    await server.knex('settings').insert({ key: 'a', value: '1', updated_at: new Date(0) });
    expect(await command.knex('settings').pluck('key')).toEqual(['a']);
    const heard = new Promise((resolve) => void command.listen('catalog', resolve));
    await command.knex.transaction(async (trx) => {
      await trx('settings').insert({ key: 'b', value: '2', updated_at: new Date(0) });
    });
    expect(await server.knex('settings').orderBy('key').pluck('key')).toEqual(['a', 'b']);
    await server.knex.raw("notify catalog, 'seven'");
    expect(await heard).toBe('seven');

    await command.close();
    await server.close();
  });

  it('is closed to others, though the folder it was given is not', async () => {
    const dataDir = path.join(scratch, 'open-to-all');
    await cp(seed, dataDir, { recursive: true });
    for (const folder of [dataDir, path.join(dataDir, 'db')]) await chmod(folder, 0o755);
    await (await openDatabase(settings(dataDir))).close();
    expect(await permissions(path.join(dataDir, 'db'))).toBe('700');

    const fresh = path.join(scratch, 'fresh-and-open');
    await mkdir(fresh, { mode: 0o755 });
    await (await openDatabase(settings(fresh))).close();
    expect(await permissions(path.join(fresh, 'db'))).toBe('700');
  });

  it('rolls back the transaction of a command that is killed, and lets the others go on', async () => {
    const dataDir = await seededFolder('killed-command');
    const server = await openDatabase(settings(dataDir));
    const writer = startChild(WRITE, JSON.stringify(settings(dataDir, 'command')));
    await writer.printed(20);

    await writer.kill();

    const rows = await server.knex('acknowledged').orderBy('id');
    expect(rows.length).toBeGreaterThanOrEqual(writer.lines.length);
    expect(rows.filter((row) => row.double !== row.id * 2)).toEqual([]);
    await server.close();
  });

  it('is opened by a command itself when no server runs, and given back', async () => {
    const dataDir = await seededFolder('no-server');
    const command = await openDatabase(settings(dataDir, 'command'));
    await expect(openDatabase(settings(dataDir))).rejects.toThrow('is in use by another process');

    await command.close();

    const server = await openDatabase(settings(dataDir));
    expect(await server.knex.raw('select 1 as one')).toMatchObject({ rows: [{ one: 1 }] });
    await server.close();
  });

  it('opens in a folder whose path is too long for a socket', async () => {
    const dataDir = await seededFolder('x'.repeat(120));
    const server = await openDatabase(settings(dataDir));
    await expect(openDatabase(settings(dataDir))).rejects.toThrow('is in use by another process');
    const command = await openDatabase(settings(dataDir, 'command'));

    await server.knex.raw('create table t (id int)');
    expect(await command.knex('t')).toEqual([]);

    await command.close();
    await server.close();
  });

  it('vacuums and checkpoints by itself', async () => {
    const dataDir = await seededFolder('upkeep');
    const errors: unknown[] = [];
    const database = await openDatabase({
      ...settings(dataDir),
      upkeepMs: 20,
      onError: (error) => errors.push(error),
    });
    await database.knex.raw('create table t (id int)');
    await database.knex.raw('insert into t select generate_series(1, 1000)');
    await database.knex.raw('delete from t');
    const redo = () =>
      database.knex
        .raw('select redo_lsn::text from pg_control_checkpoint()')
        .then(({ rows }) => rows[0].redo_lsn);
    const before = await redo();

    await expect.poll(() => redo(), { timeout: 5000 }).not.toBe(before);
    await expect
      .poll(
        () => database.knex.raw("select pg_relation_size('t')::int as bytes").then((r) => r.rows),
        { timeout: 5000 },
      )
      .toEqual([{ bytes: 0 }]);
    expect(errors).toEqual([]);
    await database.close();
  });

  it('loses nothing acknowledged when its process is killed, again and again', async () => {
    const dataDir = await seededFolder('killed-server');
    let acknowledged = 0;
    for (const lines of [5, 120]) {
      const writer = startChild(WRITE, JSON.stringify(settings(dataDir)));
      await writer.printed(lines);
      await writer.kill();
      acknowledged = Number(writer.lines.at(-1));
    }

    const { knex, close } = await openDatabase(settings(dataDir));
    const rows = await knex('acknowledged').orderBy('id');
    expect(rows.length).toBeGreaterThanOrEqual(acknowledged);
    expect(rows.map((row) => row.id)).toEqual(rows.map((_, index) => index + 1));
    expect(rows.filter((row) => row.double !== row.id * 2)).toEqual([]);
    await close();
  });
});
