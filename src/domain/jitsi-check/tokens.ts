/**
 * JavaScript cut into the few kinds of parts that a reader of settings needs. Comments are gone;
 * anything unclear is a mark of its own.
 *
 * @module
 */

export interface Token {
  /** `text` is a string literal without its quotes, its escapes resolved. */
  readonly kind: 'word' | 'text' | 'number' | 'mark';
  readonly text: string;
  readonly startsLine: boolean;
}

/** Sticky, one after the other; the first that fits counts. */
const SPACE = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|<!--[^\n]*)+/y;
const WORD = /[\p{L}_$][\p{L}\p{N}_$]*/uy;
const NUMBER = /(?:0[xX][\da-fA-F]+|\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?)/y;
const TEXT = /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"|`(?:[^`\\]|\\[\s\S])*`/y;
const QUOTES = `'"\``;
const REST_OF_LINE = /[^\n]+/y;
/** After an operand a slash divides; anywhere else a pattern begins with it. */
const PATTERN = /\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;

export function tokenize(script: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let startsLine = true;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(script)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  };
  const push = (kind: Token['kind'], text: string) => {
    tokens.push({ kind, text, startsLine });
    startsLine = false;
  };

  while (at < script.length) {
    const space = take(SPACE);
    if (space !== undefined) {
      startsLine ||= space.includes('\n');
      continue;
    }
    const text = take(TEXT);
    if (text !== undefined) {
      push(text.startsWith('`') && text.includes('${') ? 'mark' : 'text', unquote(text));
      continue;
    }
    const word = take(WORD);
    if (word !== undefined) {
      push('word', word);
      continue;
    }
    const number = take(NUMBER);
    if (number !== undefined) {
      push('number', number.replaceAll('_', ''));
      continue;
    }
    const mark = script[at] ?? '';
    push('mark', mark);
    const isPattern = mark === '/' && !endsOperand(tokens.at(-2));
    if (isPattern && take(PATTERN) !== undefined) continue;
    // What begins and never ends is looked for once: the rest of its line is nothing of ours.
    if (isPattern || QUOTES.includes(mark)) take(REST_OF_LINE);
    else at++;
  }
  return tokens;
}

function endsOperand(token: Token | undefined): boolean {
  return token !== undefined && (token.kind !== 'mark' || ')]}'.includes(token.text));
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\n': '' };

function unquote(literal: string): string {
  return literal
    .slice(1, -1)
    .replace(
      /\\(?:u\{([\da-fA-F]{1,6})\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|([\s\S]))/g,
      (_all, long?: string, short?: string, byte?: string, other = '') => {
        const code = long ?? short ?? byte;
        if (code === undefined) return ESCAPES[other] ?? other;
        const point = Number.parseInt(code, 16);
        return point <= 0x10ffff ? String.fromCodePoint(point) : '';
      },
    );
}
