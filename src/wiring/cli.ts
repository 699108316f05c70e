/**
 * From `argv` to a command, and from its answer to the terminal.
 *
 * Exit codes: 0 done, 1 refused, 2 not called as it wants to be.
 *
 * @module
 */
import { parseArgs } from 'node:util';
import { ConfigError } from '../config/load.ts';
import { SecretBoxError } from '../crypto/secret-box.ts';
import { isDomainError } from '../domain/errors.ts';
import { nearest } from '../domain/nearest.ts';
import { isDatabaseLoss } from '../http/database-loss.ts';
import { FolderInUse } from '../stores/database/folder-lock.ts';
import { type Answer, type Call, type Command, Refusal, UsageError } from './commands/command.ts';
import { explain } from './commands/explain.ts';
import { COMMANDS } from './commands/index.ts';
import { helpFor, overview } from './help.ts';
import type { Terminal } from './terminal.ts';

export type ExitCode = 0 | 1 | 2;

export interface Invocation {
  /** Without node and the program's own name. */
  readonly args: readonly string[];
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
}

const EVERYWHERE = { help: { type: 'boolean', short: 'h' }, json: { type: 'boolean' } } as const;

/** Never throws: whatever goes wrong is said, and gives its exit code. */
export async function runCli({ args, variables, terminal }: Invocation): Promise<ExitCode> {
  const isJson = args.includes('--json');
  try {
    const answer = await dispatch({ args, variables, terminal });
    print(answer, isJson, terminal);
    return answer.ok ? 0 : 1;
  } catch (error) {
    const isUsage = error instanceof UsageError;
    const message = isUsage ? error.message : tell(error);
    if (isJson) terminal.print(JSON.stringify({ ok: false, error: codeOf(error), message }));
    else terminal.warn(message);
    return isUsage ? 2 : 1;
  }
}

async function dispatch({ args, variables, terminal }: Invocation): Promise<Answer> {
  const words = args.filter((arg) => !arg.startsWith('-'));
  const command = findCommand(words);
  const asksHelp = args.includes('--help') || args.includes('-h') || words[0] === 'help';
  if (asksHelp) return { ok: true, lines: command ? helpFor(command) : overview(), json: {} };
  // Without a command it serves: that is what the image's entry point does.
  const chosen = command ?? (words.length === 0 ? findCommand(['serve']) : undefined);
  if (!chosen) throw new UsageError(unknownCommand(words));
  return chosen.run(readCall(chosen, { args, variables, terminal }));
}

/** The longest name that the words begin with: `users add` before `users`. */
function findCommand(words: readonly string[]): Command | undefined {
  const [first, second] = words;
  return (
    COMMANDS.find(({ name }) => name === `${first} ${second}`) ??
    COMMANDS.find(({ name }) => name === first)
  );
}

function readCall(command: Command, { args, variables, terminal }: Invocation): Call {
  const { values, positionals } = parse(command, args);
  const words = positionals.slice(command.name.split(' ').length);
  const [fewest, most] = command.words;
  const typed = positionals.length === 0 ? [] : words;
  if (typed.length < fewest || typed.length > most)
    throw new UsageError(`usage: roomkey ${command.name} ${command.synopsis}`.trimEnd());

  const given: Readonly<Record<string, unknown>> = values;
  const valuesOf = (option: string) => [given[option] ?? []].flat();
  const texts = (option: string) => valuesOf(option).filter((value) => typeof value === 'string');
  return {
    variables,
    terminal,
    positionals: typed,
    texts,
    text: (option) => texts(option).at(-1),
    isSet: (option) => given[option] === true,
  };
}

function parse(command: Command, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { ...command.options, ...EVERYWHERE },
      allowPositionals: true,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('. ')[0] : '';
    const usage = `usage: roomkey ${command.name} ${command.synopsis}`.trimEnd();
    throw new UsageError(`${reason}\n${usage}`, { cause });
  }
}

function unknownCommand(words: readonly string[]): string {
  const names = COMMANDS.map(({ name }) => name);
  const near = nearest(words.slice(0, 2).join(' '), names) ?? nearest(words[0] ?? '', names);
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return `there is no command ${words.slice(0, 2).join(' ')}${hint}\nroomkey --help lists them all`;
}

function print({ lines, json }: Answer, isJson: boolean, terminal: Terminal): void {
  if (isJson) terminal.print(JSON.stringify(json, undefined, 2));
  else for (const line of lines) terminal.print(line);
}

function codeOf(error: unknown): string {
  if (isDomainError(error)) return error.code;
  return error instanceof Error ? error.name : 'Error';
}

function tell(error: unknown): string {
  if (isDomainError(error)) return explain(error);
  if (error instanceof FolderInUse)
    return `${error.message}: Roomkey runs there already, or another command is busy for a moment`;
  const isForeseen = [ConfigError, SecretBoxError, Refusal].some((kind) => error instanceof kind);
  if (error instanceof Error && isForeseen) return error.message;
  if (isDatabaseLoss(error))
    return `The database does not answer: ${error instanceof Error ? error.message : ''}. Look at DATABASE_URL, and whether Postgres runs.`;
  if (isFolderTrouble(error))
    return `${error.message}. DATA_DIR must be a folder that Roomkey's own user may write to.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function isFolderTrouble(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error) || !('path' in error) || !('code' in error)) return false;
  return ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR'].includes(String(error.code));
}
