/**
 * The command line without a process around it: what was printed, and how it ended.
 *
 * @module
 */
import { type ExitCode, runCli } from '../../src/wiring/cli.ts';

export interface Typed {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

interface Terminal {
  readonly variables?: Record<string, string>;
  readonly input?: string;
  /** Gets what goes to standard error, as it comes. */
  readonly said?: string[];
}

/** Types `roomkey LINE`; words are separated by spaces, unless they are given apart. */
export async function type(
  line: string | readonly string[],
  { variables = {}, input = '', said = [] }: Terminal = {},
): Promise<Typed> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli({
    args: typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line,
    variables,
    terminal: {
      print: (text) => out.push(text),
      warn: (text) => void [err, said].map((lines) => lines.push(text)),
      isInteractive: false,
      readInput: async () => input,
      readSecret: async () => input,
    },
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}
