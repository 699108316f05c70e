/**
 * The terminal, or what stands in its place. Secrets come from a prompt that does not show them,
 * or from standard input; never from arguments, which every process on the machine can read.
 *
 * @module
 */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

export interface Terminal {
  readonly print: (line: string) => void;
  readonly warn: (line: string) => void;
  /** One line, asked for without showing it; without a terminal, what standard input holds. */
  readonly readSecret: (prompt: string) => Promise<string>;
  /** All of standard input, without the line end. */
  readonly readInput: () => Promise<string>;
  /** True when a person sits there. */
  readonly isInteractive: boolean;
}

const MAX_INPUT_BYTES = 1_000_000;

export function processTerminal(): Terminal {
  const isInteractive = process.stdin.isTTY;
  // `roomkey users list | head` closes the pipe before we are done: that is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    print: (line) => process.stdout.write(`${line}\n`),
    warn: (line) => process.stderr.write(`${line}\n`),
    isInteractive,
    readInput,
    readSecret: (prompt) => (isInteractive ? askHidden(prompt) : readInput()),
  };
}

async function askHidden(prompt: string): Promise<string> {
  process.stderr.write(prompt);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await reader.question('');
  } finally {
    reader.close();
    process.stderr.write('\n');
  }
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > MAX_INPUT_BYTES) throw new Error('standard input is longer than a megabyte');
    chunks.push(part);
  }
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}
