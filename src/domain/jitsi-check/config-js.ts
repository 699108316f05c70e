/**
 * Reads what a Jitsi server's `config.js` sets, without running it: it is somebody else's script.
 *
 * Understood are `var config = { … }` with nested maps, `config.a.b = …` below it, and JSON; what is
 * computed is known to be set, and to what is not. Source: jitsi-meet's `config.js`,
 * docker-jitsi-meet's `web` templates, nixpkgs' `jitsi-meet.nix`.
 *
 * @module
 */
import { type Token, tokenize } from './tokens.ts';

/** `undefined` for what is computed. */
export type ConfigValue = string | number | boolean | undefined;

/** Dotted name → value: `hosts.anonymousdomain`. What is set twice holds the last value. */
export type JitsiSettings = ReadonlyMap<string, ConfigValue>;

const ROOT = 'config';
const LITERALS: Readonly<Record<string, ConfigValue>> = { true: true, false: false };
/** Deeper than any configuration is. */
const MAX_DEPTH = 30;

/** Never throws. Nothing is found in what is no such script. */
export function readConfigJs(script: string): JitsiSettings {
  const settings = new Map<string, ConfigValue>();
  const tokens = tokenize(script);
  let at = 0;
  while (at < tokens.length) {
    const target = readTarget(tokens, at);
    if (target) at = readValue(tokens, target.next, { path: target.path, depth: 0, settings });
    else at++;
  }
  return settings;
}

/** `config`, `window.config`, `config.hosts.domain` or `config['a']`, and `=` after it. */
function readTarget(tokens: readonly Token[], start: number) {
  if (!isWord(tokens[start], ROOT)) return undefined;
  const before = tokens[start - 1];
  if (isMark(before, '.') && !isWord(tokens[start - 2], 'window')) return undefined;
  const path: string[] = [];
  let at = start + 1;
  for (;;) {
    const [mark, name, end] = tokens.slice(at, at + 3);
    if (isMark(mark, '.') && name?.kind === 'word') {
      path.push(name.text);
      at += 2;
    } else if (isMark(mark, '[') && name?.kind === 'text' && isMark(end, ']')) {
      path.push(name.text);
      at += 3;
    } else break;
  }
  return isMark(tokens[at], '=') ? { path, next: at + 1 } : undefined;
}

interface Place {
  readonly path: readonly string[];
  readonly depth: number;
  readonly settings: Map<string, ConfigValue>;
}

/** Gives where the value ends: at a comma, a semicolon, a closing bracket, or a new line's name. */
function readValue(tokens: readonly Token[], start: number, place: Place): number {
  const first = tokens[start];
  if (isMark(first, '{')) return readMap(tokens, start + 1, place);
  const end = skipValue(tokens, start);
  const isLone = end === start + 1;
  if (first && place.path.length > 0)
    place.settings.set(place.path.join('.'), isLone ? plainValue(first) : undefined);
  return end;
}

function readMap(tokens: readonly Token[], start: number, place: Place): number {
  let at = start;
  while (at < tokens.length && !isMark(tokens[at], '}')) {
    const [name, colon] = tokens.slice(at, at + 2);
    const isEntry = name && name.kind !== 'mark' && isMark(colon, ':');
    if (!isEntry) at++;
    else if (place.depth >= MAX_DEPTH) at = skipValue(tokens, at + 2);
    else {
      const inner = { ...place, path: [...place.path, name.text], depth: place.depth + 1 };
      at = readValue(tokens, at + 2, inner);
    }
  }
  return at + 1;
}

/** To where brackets are closed again and the value is over. At least one token. */
function skipValue(tokens: readonly Token[], start: number): number {
  let open = 0;
  let at = start;
  for (; at < tokens.length; at++) {
    const token = tokens[at];
    if (token?.kind !== 'mark') {
      // Without a semicolon: a new statement begins on a new line.
      if (open === 0 && at > start && token?.startsLine && tokens[at - 1]?.kind !== 'mark') break;
      continue;
    }
    if ('([{'.includes(token.text)) open++;
    else if (')]}'.includes(token.text)) {
      if (open === 0) break;
      open--;
    } else if (open === 0 && ',;'.includes(token.text)) break;
  }
  return Math.max(at, start + 1);
}

function plainValue({ kind, text }: Token): ConfigValue {
  if (kind === 'text') return text;
  if (kind === 'number') return Number(text);
  return Object.hasOwn(LITERALS, text) ? LITERALS[text] : undefined;
}

const isWord = (token: Token | undefined, text: string) =>
  token?.kind === 'word' && token.text === text;
const isMark = (token: Token | undefined, text: string) =>
  token?.kind === 'mark' && token.text === text;
