/**
 * What a command is: it takes what was typed and gives an answer, which is printed for people or
 * as JSON. Only `cli.ts` writes to the terminal's output.
 *
 * @module
 */
import type { ParseArgsOptionDescriptor } from 'node:util';
import type { Terminal } from '../terminal.ts';

export interface Answer {
  /** False means refused: exit code 1. */
  readonly ok: boolean;
  /** For people. */
  readonly lines: readonly string[];
  /** For machines: the same, complete. */
  readonly json: unknown;
}

export interface Call {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  readonly positionals: readonly string[];
  /** Text of an option that was given once; `undefined` when it was not. */
  text(option: string): string | undefined;
  /** All values of an option that may be given several times. */
  texts(option: string): readonly string[];
  isSet(option: string): boolean;
}

export interface Command {
  /** `users add`. */
  readonly name: string;
  /** What stands behind the name: `USERNAME [--admin]`. */
  readonly synopsis: string;
  readonly summary: string;
  /** More for `--help`, a line each. */
  readonly details?: readonly string[];
  /** Fewest and most words behind the name. */
  readonly words: readonly [number, number];
  readonly options: Readonly<Record<string, ParseArgsOptionDescriptor>>;
  run(call: Call): Promise<Answer>;
}

/** The command was not called as it wants to be: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command was understood, and said no: exit code 1. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}
