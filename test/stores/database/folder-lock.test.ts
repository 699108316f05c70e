import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { FolderInUse, lockFolder } from '../../../src/stores/database/folder-lock.ts';
import { startChild } from '../../support/child-process.ts';
import { scratchFolder } from '../../support/scratch-folder.ts';

const LOCK = new URL('children/lock.ts', import.meta.url);
const scratch = await scratchFolder();

async function emptyFolder(name: string): Promise<string> {
  const folder = path.join(scratch, name);
  await mkdir(folder);
  return folder;
}

it('is had by exactly one of many that start together, and then by the next', async () => {
  const folder = await emptyFolder('rush');

  for (let round = 0; round < 5; round++) {
    const tries = await Promise.allSettled(Array.from({ length: 12 }, () => lockFolder(folder)));

    const [winner, ...others] = tries.filter((attempt) => attempt.status === 'fulfilled');
    expect(others).toEqual([]);
    const refusals = tries.filter((attempt) => attempt.status === 'rejected');
    expect(refusals.every(({ reason }) => reason instanceof FolderInUse)).toBe(true);
    await winner?.value();
  }
  expect(await readdir(folder)).toEqual([]);
});

it('ends with its process, however that ended, and its traces are swept', async () => {
  const folder = await emptyFolder('killed');
  const owner = startChild(LOCK, folder);
  await owner.printed(1);
  await expect(lockFolder(folder)).rejects.toThrow(`${folder} is in use by another process`);

  await owner.kill();

  expect(await readdir(folder)).toHaveLength(1);
  const rush = await Promise.allSettled([lockFolder(folder), lockFolder(folder)]);
  expect(rush.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await readdir(folder)).toHaveLength(1);
});
