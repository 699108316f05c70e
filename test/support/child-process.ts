/**
 * Processes of our own code, to be started together and killed.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const RUNNER = fileURLToPath(new URL('run-typescript.js', import.meta.url));

export interface Child {
  readonly process: ChildProcess;
  /** Every whole line it printed so far. */
  readonly lines: readonly string[];
  readonly exited: Promise<{ readonly code: number | null; readonly errors: string }>;
  /** Resolves when `count` lines are there; rejects when it ends before. */
  printed(count: number): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
}

/** Runs a TypeScript file with `args` in a process of its own. */
export function startChild(file: URL, ...args: readonly string[]): Child {
  const child = spawn(process.execPath, [RUNNER, fileURLToPath(file), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += chunk));
  const reader = createInterface(child.stdout).on('line', (line) => lines.push(line));
  const exited = new Promise<{ code: number | null; errors: string }>((resolve) => {
    child.once('close', (code) => resolve({ code, errors }));
  });

  return {
    process: child,
    lines,
    exited,
    printed: (count) =>
      new Promise((resolve, reject) => {
        const look = () => lines.length >= count && resolve();
        reader.on('line', look);
        void exited.then(() => reject(new Error(`it ended too early: ${errors}`)));
        look();
      }),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
