/**
 * Our programs as people start them: processes of their own that print addresses.
 *
 * @module
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '../../..');

export interface Program {
  /** All it printed so far. */
  said(): string;
  /** Resolves with what it printed once that matches. */
  saying(pattern: RegExp): Promise<string>;
  /** Resolves with the exit code of one that ends by itself. */
  done(): Promise<number | null>;
  /** Ctrl-C. Gives the exit code. */
  end(): Promise<number | null>;
}

export function startProgram(
  script: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Program {
  const { PATH, HOME, TMPDIR } = process.env;
  const inherited = Object.fromEntries(
    Object.entries({ PATH, HOME, TMPDIR }).filter(([, value]) => value !== undefined),
  );
  const child: ChildProcess = spawn(process.execPath, [script, ...args], {
    cwd: ROOT,
    env: { ...inherited, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));

  return {
    said: () => printed,
    saying: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => pattern.test(printed) && resolve(printed);
        child.stdout?.on('data', look);
        void ended.then(() => reject(new Error(`it ended too early:\n${printed}`)));
        look();
      }),
    done: () => ended,
    end() {
      child.kill('SIGINT');
      return ended;
    },
  };
}

/** A run of ports nobody listens on now. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const first = await listenOnce(0);
  const wanted = Array.from({ length: count }, (_, index) => first + index);
  try {
    for (const port of wanted) await listenOnce(port);
    return wanted;
  } catch {
    return freePorts(count);
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const taken = typeof address === 'object' && address ? address.port : port;
      server.close(() => resolve(taken));
    });
  });
}
