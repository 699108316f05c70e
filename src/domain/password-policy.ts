/**
 * Which passwords we take: NIST SP 800-63B-4, section 3.1.1.2. Fifteen characters where nothing
 * else is asked for, any Unicode, no rules of composition, and none that everybody guesses.
 *
 * What is easy to guess is collapsed: a run, a row of the keyboard, a common word or the person's
 * own name counts as one character. What has too few left is refused.
 *
 * @module
 */
import { COMMON_PHRASES, COMMON_WORDS } from './common-passwords.ts';
import type { PasswordFault } from './errors.ts';

/** Unicode code points, in whichever of the typed and the hashed form there are fewer. */
export const PASSWORD_MIN_LENGTH = 15;
/** UTF-8. Only there to bound the work: nobody types as much. */
export const PASSWORD_MAX_BYTES = 4096;

const MIN_COLLAPSED = 8;
const MIN_RUN = 3;
const MIN_NAME = 3;

const KEYBOARD_ROWS = [
  '1234567890',
  'qwertyuiop',
  'qwertzuiop',
  'asdfghjkl',
  'zxcvbnm',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
  '!@#$%^&*()_+',
  '!"§$%&/()=',
];
const ROWS = KEYBOARD_ROWS.flatMap((row) => [row, codePoints(row).reverse().join('')]);

const LEET = new Map(
  Object.entries({ '@': 'a', 4: 'a', 3: 'e', 1: 'i', '!': 'i', 0: 'o', $: 's', 5: 's', 7: 't' }),
);

/**
 * Why not to take it; none means it is taken.
 *
 * @param names Username, e-mail address, display name of the person: nobody's own name is a secret.
 */
export function findPasswordFaults(password: string, names: readonly string[]): PasswordFault[] {
  if (utf8Bytes(password) > PASSWORD_MAX_BYTES) return ['too_long'];

  if (lengthOf(password) < PASSWORD_MIN_LENGTH) return ['too_short'];
  if (isCommon(password)) return ['common'];
  const words = [...COMMON_WORDS, ...piecesOf(names)];
  return collapsedLength(password, words) < MIN_COLLAPSED ? ['contains_name'] : [];
}

/** In code points, and without what normalisation makes of one: U+FDFA becomes eighteen. */
function lengthOf(password: string): number {
  return Math.min(codePoints(password).length, codePoints(password.normalize('NFKC')).length);
}

function isCommon(password: string): boolean {
  const folded = fold(password);
  const letters = folded.replaceAll(/[^\p{L}\p{N}]/gu, '');
  return (
    COMMON_PHRASES.has(letters) ||
    isRepetition(codePoints(folded)) ||
    collapsedLength(password, COMMON_WORDS) < MIN_COLLAPSED
  );
}

/** The parts of names that are long enough to tell something. */
function piecesOf(names: readonly string[]): string[] {
  const whole = names.map(fold);
  const parts = whole.flatMap((name) => name.split(/[^\p{L}\p{N}]+/u));
  const joined = whole.map((name) => name.replaceAll(/[^\p{L}\p{N}]/gu, ''));
  return [...whole, ...parts, ...joined].filter((name) => codePoints(name).length >= MIN_NAME);
}

/** What is repeated counts once: `secret-secret-secret` is a password of seven. */
function isRepetition(characters: readonly string[]): boolean {
  const most = Math.min(characters.length / 2, PASSWORD_MIN_LENGTH - 1);
  for (let period = 1; period <= most; period += 1)
    if (characters.every((character, i) => character === characters[i % period])) return true;
  return false;
}

function collapsedLength(password: string, words: readonly string[]): number {
  const folded = codePoints(fold(password));
  const plain = folded.map((character) => LEET.get(character) ?? character);
  return Math.min(collapse(folded, words), collapse(plain, words));
}

/** How many characters are left when each guessable piece counts as one. */
function collapse(characters: readonly string[], words: readonly string[]): number {
  const text = characters.join('');
  let length = 0;
  let offset = 0;
  for (let i = 0; i < characters.length && length < MIN_COLLAPSED; length += 1) {
    const piece = Math.max(
      1,
      runAt(characters, i),
      longestWordAt(text, offset, words),
      rowAt(text, offset),
    );
    for (const character of characters.slice(i, i + piece)) offset += character.length;
    i += piece;
  }
  return length;
}

/** Characters that stay the same, or go up or down by one: `aaaa`, `4321`. */
function runAt(characters: readonly string[], start: number): number {
  const step = codeAt(characters, start + 1) - codeAt(characters, start);
  if (!(Math.abs(step) <= 1)) return 0;
  let end = start + 1;
  while (codeAt(characters, end + 1) - codeAt(characters, end) === step) end += 1;
  const length = end - start + 1;
  return length >= MIN_RUN ? length : 0;
}

function codeAt(characters: readonly string[], index: number): number {
  return characters[index]?.codePointAt(0) ?? Number.NaN;
}

function longestWordAt(text: string, offset: number, words: readonly string[]): number {
  const lengths = words
    .filter((word) => text.startsWith(word, offset))
    .map((word) => codePoints(word).length);
  return Math.max(0, ...lengths);
}

/** The longest piece of a keyboard row, in either direction. */
function rowAt(text: string, offset: number): number {
  let longest = 0;
  for (const row of ROWS)
    for (let from = 0; from < row.length; from += 1) {
      let length = 0;
      while (from + length < row.length && row[from + length] === text[offset + length])
        length += 1;
      longest = Math.max(longest, length);
    }
  return longest >= MIN_RUN ? longest : 0;
}

/** Not what a person would call characters: NIST counts code points. */
function codePoints(text: string): string[] {
  return Array.from(text);
}

function fold(text: string): string {
  return text.normalize('NFKC').toLowerCase().normalize('NFKC');
}

function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
