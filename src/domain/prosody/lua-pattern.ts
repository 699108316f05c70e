/**
 * Lua 5.4's `string.match` for the room claim of `context.room.regex`, on bytes.
 *
 * The whole pattern language is here, with Lua's own limits (200 nested matches, 32 captures), and
 * one of ours: a pattern that needs more than `MAX_STEPS` steps is given up.
 *
 * @module
 */
import { matchOne, sizeOfOne } from './lua-class.ts';

/** First capture, or the whole match. `position` is what an empty capture `()` yields. */
export type PatternResult =
  | { readonly outcome: 'match'; readonly text: string }
  | { readonly outcome: 'no_match' }
  | { readonly outcome: 'malformed' }
  | { readonly outcome: 'too_costly' };

/** A room has 30 characters and a pattern as many: a few hundred steps. */
const MAX_STEPS = 200_000;
const MAX_DEPTH = 200;
const MAX_CAPTURES = 32;

const OPEN = -1;
const POSITION = -2;

interface Capture {
  readonly start: number;
  length: number;
}

class Malformed extends Error {}
class TooCostly extends Error {}

export function luaMatch(subject: string, pattern: string): PatternResult {
  try {
    const text = search(toBytes(subject), toBytes(pattern));
    return text === undefined ? { outcome: 'no_match' } : { outcome: 'match', text };
  } catch (error) {
    if (error instanceof Malformed) return { outcome: 'malformed' };
    if (error instanceof TooCostly) return { outcome: 'too_costly' };
    throw error;
  }
}

/** UTF-8, one character per byte: what Lua counts in. */
function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

function search(subject: string, pattern: string): string | undefined {
  const anchored = pattern.startsWith('^');
  const start = anchored ? 1 : 0;
  const matcher = createMatcher(subject, pattern);

  for (let from = 0; from <= subject.length; from += 1) {
    matcher.reset();
    const end = matcher.match(from, start);
    if (end !== undefined) return matcher.firstCapture() ?? subject.slice(from, end);
    if (anchored) return undefined;
  }
  return undefined;
}

/** `s` walks the subject, `p` the pattern; a match answers where in the subject it ended. */
function createMatcher(subject: string, pattern: string) {
  let captures: Capture[] = [];
  let depth = 0;
  let steps = 0;

  /** A set costs what it is long. */
  function spend(cost: number): void {
    steps += cost;
    if (steps > MAX_STEPS) throw new TooCostly();
  }

  function match(s: number, p: number): number | undefined {
    depth += 1;
    if (depth > MAX_DEPTH) throw new Malformed();
    try {
      return walk(s, p);
    } finally {
      depth -= 1;
    }
  }

  function walk(from: number, start: number): number | undefined {
    let s = from;
    let p = start;
    while (p < pattern.length) {
      spend(1);
      const special = matchSpecial(s, p);
      if (special === 'next') {
        const after = matchNext(s, p);
        if (typeof after === 'string') {
          s += 1;
          p += after.length;
          continue;
        }
        return after;
      }
      if (special === undefined) return undefined;
      if (special.done) return special.end;
      s = special.s;
      p = special.p;
    }
    return s;
  }

  /** Captures, the end anchor, `%b`, `%f`, `%1`. `'next'`: it is none of them. */
  function matchSpecial(s: number, p: number) {
    const head = pattern[p];
    if (head === '(') {
      if (pattern[p + 1] === ')') return finish(startCapture(s, p + 2, POSITION));
      return finish(startCapture(s, p + 1, OPEN));
    }
    if (head === ')') return finish(endCapture(s, p + 1));
    if (head === '$' && p + 1 === pattern.length)
      return s === subject.length ? finish(s) : undefined;
    if (head !== '%') return 'next' as const;

    const kind = pattern[p + 1] ?? '';
    if (kind === 'b') return go(matchBalance(s, p + 2), p + 4);
    if (kind === 'f') return matchFrontier(s, p + 2);
    if (/\d/.test(kind)) return go(matchBack(s, kind), p + 2);
    return 'next' as const;
  }

  function go(s: number | undefined, p: number) {
    return s === undefined ? undefined : { done: false as const, s, p };
  }

  function finish(end: number | undefined) {
    return { done: true as const, end };
  }

  /** One character with its suffix. Text: it matched once and the pattern goes on after it. */
  function matchNext(s: number, p: number): number | string | undefined {
    const size = sizeOfOne(pattern, p);
    if (size === undefined) throw new Malformed();
    const after = p + size;
    const fits = (at: number) => {
      spend(size);
      return at < subject.length && matchOne(subject, at, pattern, p, after);
    };

    const suffix = pattern[after];
    if (suffix === '?')
      return (fits(s) ? match(s + 1, after + 1) : undefined) ?? match(s, after + 1);
    if (suffix === '+') return fits(s) ? expandMost(s + 1, fits, after + 1) : undefined;
    if (suffix === '*') return expandMost(s, fits, after + 1);
    if (suffix === '-') return expandLeast(s, fits, after + 1);
    return fits(s) ? pattern.slice(p, after) : undefined;
  }

  function expandMost(s: number, fits: (at: number) => boolean, p: number): number | undefined {
    let count = 0;
    while (fits(s + count)) count += 1;
    for (; count >= 0; count -= 1) {
      const end = match(s + count, p);
      if (end !== undefined) return end;
    }
    return undefined;
  }

  function expandLeast(s: number, fits: (at: number) => boolean, p: number): number | undefined {
    for (let at = s; ; at += 1) {
      const end = match(at, p);
      if (end !== undefined) return end;
      if (!fits(at)) return undefined;
    }
  }

  function startCapture(s: number, p: number, length: number): number | undefined {
    if (captures.length >= MAX_CAPTURES) throw new Malformed();
    captures.push({ start: s, length });
    const end = match(s, p);
    if (end === undefined) captures.pop();
    return end;
  }

  function endCapture(s: number, p: number): number | undefined {
    const open = captures.findLast((capture) => capture.length === OPEN);
    if (!open) throw new Malformed();
    open.length = s - open.start;
    const end = match(s, p);
    if (end === undefined) open.length = OPEN;
    return end;
  }

  function matchBalance(s: number, p: number): number | undefined {
    if (p + 1 >= pattern.length) throw new Malformed();
    if (subject[s] !== pattern[p] || s >= subject.length) return undefined;
    let open = 1;
    for (let at = s + 1; at < subject.length; at += 1) {
      if (subject[at] === pattern[p + 1]) {
        open -= 1;
        if (open === 0) return at + 1;
      } else if (subject[at] === pattern[p]) open += 1;
    }
    return undefined;
  }

  function matchFrontier(s: number, p: number) {
    const size = pattern[p] === '[' ? sizeOfOne(pattern, p) : undefined;
    if (size === undefined) throw new Malformed();
    const before = subject[s - 1] ?? '\0';
    const here = subject[s] ?? '\0';
    const inSet = (char: string) => matchOne(char, 0, pattern, p, p + size);
    return !inSet(before) && inSet(here) ? go(s, p + size) : undefined;
  }

  function matchBack(s: number, digit: string): number | undefined {
    const capture = captures[Number(digit) - 1];
    if (!capture || capture.length === OPEN) throw new Malformed();
    // A position capture has no text: Lua compares a length no subject has.
    if (capture.length === POSITION) return undefined;
    const text = subject.slice(capture.start, capture.start + capture.length);
    return subject.startsWith(text, s) ? s + text.length : undefined;
  }

  return {
    match,
    reset: () => {
      captures = [];
    },
    firstCapture: (): string | undefined => {
      const [first] = captures;
      if (!first) return undefined;
      if (captures.some((capture) => capture.length === OPEN)) throw new Malformed();
      if (first.length === POSITION) return String(first.start + 1);
      return subject.slice(first.start, first.start + first.length);
    },
  };
}
