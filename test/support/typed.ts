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

/** Types `roomkey LINE`; words are separated by spaces, unless they are given apart. */
export async function type(
  line: string | readonly string[],
  { variables = {}, input = '' }: { variables?: Record<string, string>; input?: string } = {},
): Promise<Typed> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runCli({
    args: typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line,
    variables,
    terminal: {
      print: (text) => out.push(text),
      warn: (text) => err.push(text),
      isInteractive: false,
      readInput: async () => input,
      readSecret: async () => input,
    },
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}
