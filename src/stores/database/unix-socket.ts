/**
 * Sockets in the file system: is somebody there, and how to name one in a deep folder.
 *
 * @module
 */
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { connect, type ListenOptions, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The kernel's limit on a socket's path: 108 bytes on Linux, 104 on macOS, each with its zero. */
const LONGEST_PATH = 103;

/** Bytes we keep for what is appended to a folder: `/.lock-XXXXXX/claimed`. */
const LONGEST_NAME = 24;

export interface ShortFolder {
  /** The folder, or a short link to it. */
  readonly path: string;
  release(): Promise<void>;
}

/**
 * A name of `folder` that leaves room for a socket's name behind it: its own, or that of a
 * symbolic link in the system's folder for temporary files.
 */
export async function shortFolder(folder: string): Promise<ShortFolder> {
  if (Buffer.byteLength(folder) + LONGEST_NAME <= LONGEST_PATH)
    return { path: folder, release: () => Promise.resolve() };

  const home = await mkdtemp(join(tmpdir(), 'roomkey-'));
  const path = join(home, 'd');
  await symlink(folder, path);
  return { path, release: () => rm(home, { recursive: true, force: true }) };
}

/** Whether a process listens at `path`. In doubt (no permission, no answer) somebody does. */
export function probe(path: string): Promise<'alive' | 'stale' | 'absent'> {
  return new Promise((resolve) => {
    const socket: Socket = connect(path, () => {
      socket.destroy();
      resolve('alive');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR') resolve('absent');
      else resolve(error.code === 'ECONNREFUSED' ? 'stale' : 'alive');
    });
  });
}

export function listen(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, resolve);
  });
}
