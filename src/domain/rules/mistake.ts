/**
 * A mistake in a rule, as its author wants to see it: what, where, and what to write instead.
 *
 * @module
 */
import { faultText } from '../faults.ts';
import { nearest } from '../nearest.ts';
import { NAMES, RULE_USER_NAMES, SELF_CHOSEN_NAMES } from './environment.ts';

export interface RuleMistake {
  readonly message: string;
  readonly hint?: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** Offsets into the source, in UTF-16 units; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

export function mistake(
  source: string,
  message: string,
  range?: Range,
  hint?: string,
): RuleMistake {
  const start = Math.min(range?.start ?? 0, source.length);
  const end = Math.max(Math.min(range?.end ?? source.length, source.length), start);
  const before = source.slice(0, start);
  const position = {
    line: before.split('\n').length,
    column: start - before.lastIndexOf('\n'),
    start,
    end,
  };
  return hint === undefined ? { message, ...position } : { message, hint, ...position };
}

interface Fault {
  readonly message: string;
  readonly range?: Range;
  readonly hint?: string;
}

/** A fault that may bring its own hint; else one is looked for. */
export function mistakeAt(
  source: string,
  { message, range, hint }: Fault,
  hintForName: HintForName = hintForRuleName,
): RuleMistake {
  const at = range ?? { start: 0, end: source.length };
  const name = /^Unknown variable: (.+)$/.exec(message)?.[1];
  const found = name === undefined ? hintFor(message, source, at) : hintForName(name);
  return mistake(source, message, at, hint ?? found);
}

/** Turns what the engine threw into a mistake. */
export function mistakeFrom(
  source: string,
  error: unknown,
  hintForName?: HintForName,
): RuleMistake {
  return mistakeAt(source, readError(error), hintForName);
}

/** What to write instead of a name that is not there. */
export type HintForName = (name: string) => string | undefined;

function readError(error: unknown): Fault {
  if (!(error instanceof Error)) return { message: faultText('rule_unreadable') };
  const { summary, range } = error as { summary?: unknown; range?: Range };
  const message = typeof summary === 'string' ? summary : error.message;
  return range ? { message, range } : { message };
}

function hintFor(message: string, source: string, { start, end }: Range): string | undefined {
  const key = /^No such key: (.+)$/.exec(message)?.[1];
  if (key !== undefined) {
    if (SELF_CHOSEN_NAMES.includes(key)) return faultText('hint_self_chosen', { name: key });
    const near = nearest(key, [...RULE_USER_NAMES, 'methods', 'mfa', 'age']);
    return near === undefined
      ? faultText('hint_attributes')
      : faultText('hint_nearest', { name: near });
  }

  return hintForSyntax(source.slice(Math.max(0, start - 1), Math.max(end, start + 2)));
}

function hintForRuleName(name: string): string | undefined {
  if (RULE_USER_NAMES.includes(name) || SELF_CHOSEN_NAMES.includes(name))
    return faultText('hint_write', { text: `user.${name}` });
  if (name === 'and' || name === 'or' || name === 'not') return faultText('hint_and_or_not');
  const near = nearest(name, NAMES);
  return near === undefined
    ? faultText('hint_known', { names: NAMES.join(', ') })
    : faultText('hint_nearest', { name: near });
}

function hintForSyntax(around: string): string | undefined {
  if (around.includes('=~')) return faultText('hint_like');
  if (around.includes('$')) return faultText('hint_dollar');
  if (/(?<![=!<>])=(?!=)/.test(around)) return faultText('hint_equality');
  if (/\b(?:and|or|not|eq|ne)\b/.test(around)) return faultText('hint_operators');
  return undefined;
}
