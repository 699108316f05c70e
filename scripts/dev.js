/**
 * `npm run dev`: the compiler watches src/, the server restarts when dist/ changes. Arguments go
 * to the program (default `serve`). Ctrl-C, or the end of either, ends both.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { build, compilerPath } from './build.js';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = compilerPath();
const first = build(root);
if (first.output) console.error(first.output);
if (!compiler || !first.ok) process.exit(1);

const program = process.argv.length > 2 ? process.argv.slice(2) : ['serve'];
const children = [
  start([compiler, '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput']),
  start(['--watch', 'dist/main.js', ...program]),
];

for (const child of children) child.once('exit', end);
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.on(signal, end);

/**
 * Each child leads a process group, for the compiler and the watcher have children of their own.
 *
 * @param {readonly string[]} args
 */
function start(args) {
  return spawn(process.execPath, args, { cwd: root, stdio: 'inherit', detached: true });
}

function end() {
  for (const { pid, exitCode, signalCode } of children) {
    if (pid === undefined || exitCode !== null || signalCode !== null) continue;
    process.kill(-pid, 'SIGTERM');
  }
}
