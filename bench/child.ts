/**
 * Processes of the bench's own code, spoken to by messages.
 *
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const RUNNER = fileURLToPath(new URL('../test/support/run-typescript.js', import.meta.url));

export interface BenchChild {
  readonly process: ChildProcess;
  /** What the child said first. */
  readonly greeting: unknown;
  /** Says something, and waits for the answer. One at a time. */
  ask(message: object): Promise<unknown>;
  stop(): Promise<void>;
}

export async function forkChild(
  file: URL,
  environment: Readonly<Record<string, string>> = {},
): Promise<BenchChild> {
  const child = fork(RUNNER, [fileURLToPath(file)], { env: { ...process.env, ...environment } });
  process.once('exit', () => child.kill());
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const next = () =>
    new Promise<unknown>((resolve, reject) => {
      const onExit = () => reject(new Error(`${file.pathname} ended`));
      child.once('exit', onExit);
      child.once('message', (message) => {
        child.off('exit', onExit);
        resolve(message);
      });
    });

  return {
    process: child,
    greeting: await next(),
    ask(message) {
      const answer = next();
      child.send(message);
      return answer;
    },
    async stop() {
      child.disconnect();
      await ended;
    },
  };
}
