/**
 * Files of environment variables. Docker, Compose, systemd and the dotenv libraries read them each
 * a little differently; what they would not all read alike is a mistake here, not a guess.
 *
 *     # a comment
 *     NAME=value
 *     export NAME="va\"lue"
 *     NAME='value'
 *
 * @module
 */

export interface LineMistake {
  /** From 1. */
  readonly line: number;
  /** A sentence; no value is in it. */
  readonly message: string;
}

export interface FileReading {
  readonly values: Readonly<Record<string, string>>;
  readonly mistakes: readonly LineMistake[];
}

const ASSIGNMENT = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Never throws. */
export function readEnvFile(text: string): FileReading {
  const values = new Map<string, string>();
  const mistakes: LineMistake[] = [];
  for (const [index, row] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const tell = (message: string) => mistakes.push({ line: index + 1, message });
    const trimmed = row.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;

    const [, name, written = ''] = ASSIGNMENT.exec(trimmed) ?? [];
    if (name === undefined) {
      tell('is no NAME=value');
      continue;
    }
    const value = readValue(written);
    if (!value.ok) tell(`${name} ${value.message}`);
    else if (values.has(name)) tell(`${name} is set for the second time`);
    else values.set(name, value.text);
  }
  return { values: Object.fromEntries(values), mistakes };
}

type Value =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string };

function readValue(written: string): Value {
  const [quote] = written;
  if (quote === '"' || quote === "'") return readQuoted(written, quote);
  if (/\s#/.test(written))
    return refuse('ends in a comment, which some readers take for its value: put it in quotes');
  return withoutReference(written);
}

function readQuoted(written: string, quote: '"' | "'"): Value {
  const shape = quote === '"' ? /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/ : /^'([^']*)'\s*(?:#.*)?$/;
  const inner = shape.exec(written)?.[1];
  if (inner === undefined) return refuse('has a quote that does not end where its value does');
  if (quote === "'") return { ok: true, text: inner };
  const reference = withoutReference(inner);
  if (!reference.ok) return reference;
  return {
    ok: true,
    text: inner.replaceAll(/\\(.)/g, (_all, sign: string) => ESCAPES[sign] ?? sign),
  };
}

function withoutReference(text: string): Value {
  return /(?<!\\)\$\{/.test(text)
    ? refuse('takes its value from another variable: write the value itself')
    : { ok: true, text };
}

function refuse(message: string): Value {
  return { ok: false, message };
}
