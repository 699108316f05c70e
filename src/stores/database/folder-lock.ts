/**
 * One process at a time owns a data folder.
 *
 * PGlite would open a folder twice and lose data. A claim is a socket that its process listens
 * on, so it ends with the process, `kill -9` included, and nobody has to guess whether a lock
 * file is stale. Each process first publishes its own claim and then looks for others: of two
 * that start together at least one sees the other, and the order of their names decides.
 *
 * @module
 */
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { listen, probe, shortFolder } from './unix-socket.ts';

const PREFIX = '.lock-';

/** A claim appears under this name only when its socket answers … */
const CLAIMED = 'claimed';
/** … and takes this one when its process has found itself alone. */
const OWNED = 'owned';

/** How often, every 10 ms, to look whether a rival that started with us gave way. */
const LOOKS = 300;

/** Another process has the data folder open. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
  readonly folder: string;

  constructor(folder: string) {
    super(`${folder} is in use by another process`);
    this.folder = folder;
  }
}

/**
 * Takes the lock, or says at once that somebody else has it.
 *
 * @returns a function that gives it back.
 * @throws FolderInUse
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const short = await shortFolder(folder);
  const claim = await mkdtemp(join(short.path, PREFIX));
  const server = createServer((socket) => socket.on('error', () => undefined).destroy()).unref();

  const unlock = async (): Promise<void> => {
    await rm(claim, { recursive: true, force: true });
    server.close();
    await short.release();
  };

  try {
    await listen(server, { path: join(claim, 'new') });
    await rename(join(claim, 'new'), join(claim, CLAIMED));
    if (!(await isAlone(short.path, basename(claim)))) throw new FolderInUse(folder);
    await rename(join(claim, CLAIMED), join(claim, OWNED));
    return unlock;
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function isAlone(folder: string, own: string): Promise<boolean> {
  for (let look = 0; look < LOOKS; look++) {
    const rivals = await listRivals(folder, own);
    if (rivals.length === 0) return true;
    if (rivals.some((rival) => rival.owns || rival.name < own)) return false;
    await setTimeout(10);
  }
  return false;
}

interface Rival {
  readonly name: string;
  readonly owns: boolean;
}

/** The living claims of others. Dead ones are removed on the way. */
async function listRivals(folder: string, own: string): Promise<readonly Rival[]> {
  const names = await readdir(folder);
  const others = names.filter((name) => name.startsWith(PREFIX) && name !== own);
  const found = await Promise.all(others.map((name) => lookAt(folder, name)));
  return found.filter((rival) => rival !== undefined);
}

async function lookAt(folder: string, name: string): Promise<Rival | undefined> {
  // In the order of a claim's life, so that one which moves on meanwhile is still seen.
  for (const state of [CLAIMED, OWNED]) {
    const found = await probe(join(folder, name, state));
    if (found === 'alive') return { name, owns: state === OWNED };
    if (found === 'stale') await rm(join(folder, name), { recursive: true, force: true });
  }
  return undefined;
}
