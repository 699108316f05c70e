/**
 * A folder of a test file's own, removed afterwards.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { atEnd } from './at-end.ts';

export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'roomkey-scratch-'));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
