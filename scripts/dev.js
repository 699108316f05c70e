/**
 * `npm run dev`: builds and serves, and again at every change. A mistake is told and the last good
 * server stays. Arguments go to the program (default `serve`); Ctrl-C ends both.
 *
 * The compiler's own `--watch` is not used: version 7.0 misses changes on some file systems.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildIfStale } from './build.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const WATCHED = ['src', 'editor', 'views', 'migrations'].filter((name) =>
  fs.existsSync(path.join(root, name)),
);

/** One save may be several events, and an editor may save several files. */
const SETTLED_AFTER_MS = 100;

const program = process.argv.length > 2 ? process.argv.slice(2) : ['serve'];

/** @type {import('node:child_process').ChildProcess | undefined} */
let server;
/** @type {NodeJS.Timeout | undefined} */
let settling;
let turn = Promise.resolve();
let isEnding = false;
/** @type {Map<string, fs.FSWatcher>} */
const watchers = new Map();

for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.once(signal, end);
takeTurn();

/** One restart after another, never two at once. */
function takeTurn() {
  for (const name of WATCHED) watchBelow(path.join(root, name));
  turn = turn.then(restart);
}

/**
 * Watches folders rather than files, and each by itself: Node's own recursive watch loses a file
 * that was once replaced, as many editors do when they save.
 *
 * @param {string} folder
 */
function watchBelow(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) watchBelow(path.join(folder, entry.name));
  if (watchers.has(folder)) return;
  const watcher = fs.watch(folder, () => {
    clearTimeout(settling);
    settling = setTimeout(takeTurn, SETTLED_AFTER_MS);
    if (fs.existsSync(folder)) return;
    watcher.close();
    watchers.delete(folder);
  });
  watchers.set(folder, watcher);
}

async function restart() {
  const { ok, output } = buildIfStale(root);
  if (output) console.error(output);
  if (!ok || isEnding) return;
  await stop();
  server = spawn(process.execPath, ['--enable-source-maps', 'dist/main.js', ...program], {
    cwd: root,
    stdio: 'inherit',
  });
}

/** Waits its turn: a server that is just starting must not outlive us. */
function end() {
  isEnding = true;
  turn = turn.then(stop).then(() => process.exit());
}

async function stop() {
  if (!server || server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGTERM');
  await exited;
}
