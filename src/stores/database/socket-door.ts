/**
 * The way of commands to the embedded database of a running server: `DATA_DIR/roomkey.sock`.
 *
 * It speaks the Postgres wire protocol without a password; the socket's mode (0600) says who
 * may come in. A server listens only while it owns the folder, so whoever finds nobody behind
 * the socket may open the folder instead.
 *
 * @module
 */
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import { createServer, Socket } from 'node:net';
import { join } from 'node:path';
import { connectDatabase, type Database } from './database.ts';
import { EMBEDDED_CONNECTION } from './embedded.ts';
import type { Hub } from './hub.ts';
import { listen, probe, shortFolder } from './unix-socket.ts';

const NAME = 'roomkey.sock';

/** A command works on one thing at a time. */
const COMMAND_POOL_MAX = 2;

/** Lets other processes of this user in. The folder must be locked by this process. */
export async function openDoor(dataDir: string, hub: Hub): Promise<() => Promise<void>> {
  const guests = new Set<Socket>();
  const server = createServer((socket) => {
    guests.add(socket);
    admit(socket, hub);
    socket.once('close', () => guests.delete(socket));
  }).unref();

  const short = await shortFolder(dataDir);
  // Made in a folder of mode 0700: nobody else can connect before the mode is set. Its new name
  // then replaces what a killed server left behind.
  const hall = await mkdtemp(join(short.path, '.door-'));
  try {
    await listen(server, { path: join(hall, NAME) });
    await chmod(join(hall, NAME), 0o600);
    await rename(join(hall, NAME), join(dataDir, NAME));
  } finally {
    await rm(hall, { recursive: true, force: true });
    await short.release();
  }

  return async () => {
    await rm(join(dataDir, NAME), { force: true });
    server.close();
    for (const guest of guests) guest.destroy();
  };
}

function admit(socket: Socket, hub: Hub): void {
  const session = hub.connect({
    send: (bytes) => socket.write(bytes),
    end: () => socket.end(),
  });
  socket.on('data', (chunk) => session.receive(chunk));
  socket.on('error', () => undefined);
  socket.on('close', () => session.close());
}

/** The database of the server that owns `dataDir`, or `undefined` when none runs. */
export async function knockAtDoor(dataDir: string): Promise<Database | undefined> {
  const short = await shortFolder(dataDir);
  const path = join(short.path, NAME);
  if ((await probe(path)) !== 'alive') {
    await short.release();
    return undefined;
  }
  return connectDatabase({
    kind: 'embedded',
    connection: { ...EMBEDDED_CONNECTION, stream: () => socketTo(path) },
    poolMax: COMMAND_POOL_MAX,
    release: () => short.release(),
  });
}

/** A socket that goes to `path`, wherever `pg` tells it to connect. */
function socketTo(path: string): Socket {
  const socket = new Socket();
  const connect = socket.connect.bind(socket);
  return Object.assign(socket, { connect: () => connect(path) });
}
