/**
 * A real Postgres server to throw away: own folder, own port, loopback only.
 *
 * Postgres refuses to run as root, so a root's server runs as `nobody`.
 *
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findPostgresBinaries } from './postgres-binaries.js';

export interface DisposablePostgres {
  /** Of the superuser's own database. */
  readonly url: string;
  /** Ends the server at once, as a crash or a restart would look to its clients. */
  halt(): Promise<void>;
  /** Starts it again: same port, same data. */
  resume(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

/** The data is thrown away anyhow: nothing is gained by keeping it from a power cut. */
const FORGETFUL = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/**
 * @param settings What differs from the server's own defaults.
 * @throws when this machine has no Postgres binaries, or the server does not start.
 */
export async function startDisposablePostgres(
  settings: readonly string[] = FORGETFUL,
): Promise<DisposablePostgres> {
  const found = findPostgresBinaries();
  if (!found) throw new Error('no Postgres binaries: install postgresql, or set PG_BIN');

  const root = mkdtempSync(path.join(tmpdir(), 'roomkey-postgres-'));
  const account = unprivileged();
  if (account.uid !== undefined && account.gid !== undefined)
    chownSync(root, account.uid, account.gid);
  const bin = found.includes('node_modules') ? copyNative(path.dirname(found), root) : found;
  const data = path.join(root, 'data');
  const port = await freePort();
  initialise(bin, data, account);

  const start = () => launch(bin, { data, port, settings }, account);
  let server = await start();
  process.once('exit', () => server.kill('SIGQUIT'));

  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    halt: () => end(server, 'SIGQUIT'),
    async resume() {
      server = await start();
    },
    async stop() {
      await end(server, 'SIGINT');
      rmSync(root, { recursive: true, force: true });
    },
  };
}

function unprivileged(): Account {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string) =>
    Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u'), gid: id('-g') };
}

/**
 * Copies the npm package's files to where everybody may read them, with the symbolic links that
 * its install script would have made.
 */
function copyNative(native: string, root: string): string {
  const copy = path.join(root, 'native');
  cpSync(native, copy, { recursive: true, dereference: true });
  const list = path.join(copy, 'pg-symlinks.json');
  const links: { source: string; target: string }[] = existsSync(list)
    ? JSON.parse(readFileSync(list, 'utf8'))
    : [];
  for (const { source, target } of links) {
    const link = path.join(root, target);
    if (!existsSync(link)) symlinkSync(path.join(root, source), link);
  }
  return path.join(copy, 'bin');
}

function initialise(bin: string, data: string, account: Account): void {
  const options = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  const { status, stderr } = spawnSync(path.join(bin, 'initdb'), ['-D', data, ...options], {
    ...account,
    cwd: path.dirname(data),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
}

interface Launch {
  readonly data: string;
  readonly port: number;
  readonly settings: readonly string[];
}

function launch(
  bin: string,
  { data, port, settings }: Launch,
  account: Account,
): Promise<ChildProcess> {
  const server = spawn(
    path.join(bin, 'postgres'),
    ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', '']
      .concat(settings.flatMap((setting) => ['-c', setting]))
      .concat('-c', 'max_connections=300'),
    { ...account, cwd: path.dirname(data), stdio: ['ignore', 'ignore', 'pipe'] },
  );
  return new Promise((resolve, reject) => {
    let log = '';
    server.stderr.on('data', (chunk) => {
      log += chunk;
      if (log.includes('ready to accept connections')) resolve(server);
    });
    server.once('exit', () => reject(new Error(`postgres ended: ${log}`)));
    server.once('error', reject);
  });
}

function end(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    server.once('exit', () => resolve());
    server.kill(signal);
  });
}

/** On loopback, free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
