/**
 * The server under test, started as an operator starts it: `node bin/roomkey.js serve`.
 *
 * @module
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePort } from '../test/support/disposable-postgres.ts';

const PROGRAM = fileURLToPath(new URL('../bin/roomkey.js', import.meta.url));
/** Give up after so long. */
const READY_WITHIN_MS = 60_000;

export interface RunningRoomkey {
  readonly port: number;
  /** From the start of the process until `/readyz` said yes. */
  readonly readyMs: number;
  /** Megabytes (10^6 bytes) of resident memory, now. */
  rss(): number;
  /** Seconds of processor time it has used, of all its threads. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

/**
 * Its log, at the default level, goes to a file: what it costs is part of every figure.
 *
 * `BENCH_CPU_PROF=FOLDER` in the bench's environment makes every server leave a profile there.
 */
export async function startRoomkey(
  settings: Readonly<Record<string, string>>,
): Promise<RunningRoomkey> {
  const folder = mkdtempSync(path.join(tmpdir(), 'roomkey-bench-'));
  const port = await freePort();
  const start = performance.now();
  const server = launch(folder, {
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    DATA_DIR: path.join(folder, 'data'),
    ...settings,
  });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const killIt = () => server.kill();
  process.once('exit', killIt);

  while (!(await isReady(port))) {
    const log = () => readFileSync(path.join(folder, 'log'), 'utf8');
    if (server.exitCode !== null) throw new Error(`roomkey ended: ${log()}`);
    if (performance.now() - start > READY_WITHIN_MS) throw new Error(`never ready: ${log()}`);
    await sleep(5);
  }
  return {
    port,
    readyMs: performance.now() - start,
    rss: () => residentMegabytes(server),
    cpuSeconds: () => cpuSeconds(server),
    async stop() {
      server.kill('SIGTERM');
      await ended;
      process.off('exit', killIt);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A command beside the running server: `roomkey keys rotate …`. */
export async function runCommand(
  settings: Readonly<Record<string, string>>,
  words: readonly string[],
): Promise<void> {
  const env = { PATH: process.env.PATH, ...settings };
  await promisify(execFile)(process.execPath, [PROGRAM, ...words], { env });
}

function launch(folder: string, settings: Readonly<Record<string, string>>): ChildProcess {
  const log = openSync(path.join(folder, 'log'), 'a');
  const profiles = process.env.BENCH_CPU_PROF;
  const profile = profiles ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : [];
  const server = spawn(process.execPath, [...profile, PROGRAM, 'serve'], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  return server;
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    get({ port, host: '127.0.0.1', path: '/readyz', agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    }).on('error', () => resolve(false));
  });
}

function residentMegabytes({ pid }: ChildProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024) / 1e6;
}

/** `utime` and `stime` (proc(5)), in ticks of a hundredth of a second. */
function cpuSeconds({ pid }: ChildProcess): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
