/**
 * A mistake in a rule, placed in the text its author sees.
 *
 * @module
 */
import type { InputIssue } from '../domain/errors.ts';

export interface RuleFault {
  /** English: `mistake(…)` of the templates says it in the reader's language. */
  readonly message: string;
  readonly hint: string | undefined;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** The line of the mistake, in three parts; `wrong` may be empty. */
  readonly before: string;
  readonly wrong: string;
  readonly after: string;
}

/** @param valueOf What the form holds under the issue's path. */
export function ruleFaults(
  issues: readonly InputIssue[],
  valueOf: (path: string) => string | undefined,
): Readonly<Record<string, RuleFault>> {
  const faults = new Map<string, RuleFault>();
  for (const issue of issues)
    if (!faults.has(issue.path))
      faults.set(issue.path, ruleFault(issue, valueOf(issue.path) ?? ''));
  return Object.fromEntries(faults);
}

export function ruleFault(
  { message, hint, offset = 0, end }: Omit<InputIssue, 'path'> & { readonly end?: number },
  source: string,
): RuleFault {
  const start = Math.min(offset, source.length);
  const lineStart = source.lastIndexOf('\n', start - 1) + 1;
  const nextBreak = source.indexOf('\n', start);
  const lineEnd = nextBreak < 0 ? source.length : nextBreak;
  const wrongEnd = Math.min(end ?? endOfWord(source, start), lineEnd);
  return {
    message,
    hint,
    line: source.slice(0, start).split('\n').length,
    column: start - lineStart + 1,
    before: source.slice(lineStart, start),
    wrong: source.slice(start, Math.max(start, wrongEnd)),
    after: source.slice(Math.max(start, wrongEnd), lineEnd),
  };
}

function endOfWord(source: string, start: number): number {
  const word = /^(?:[\p{L}\p{N}_]+|\S)/u.exec(source.slice(start));
  return start + (word?.[0].length ?? 0);
}
