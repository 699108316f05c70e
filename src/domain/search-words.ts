/**
 * Search by the beginnings of words: `ann mül` finds Annika Müller.
 *
 * @module
 */

/** What nobody types in full need not be kept in full. */
const WORD_MAX = 60;
const WORDS_MAX = 500;
/** Of a search: more would narrow nothing down. */
const ASKED_MAX = 10;

/** The words of these texts, each once: NFKC, lower case, split where neither letter nor digit is. */
export function searchWords(texts: readonly string[]): string[] {
  const folded = texts.join(' ').normalize('NFKC').toLowerCase().normalize('NFKC');
  const words = folded.split(/[^\p{L}\p{N}\p{M}]+/u).filter((word) => word !== '');
  const cut = words.map((word) => Array.from(word).slice(0, WORD_MAX).join(''));
  return [...new Set(cut)].slice(0, WORDS_MAX);
}

/**
 * A Postgres `tsquery` for what somebody typed: every word must begin a word of the thing.
 * `undefined` when nothing was typed that could be looked for.
 */
export function searchQuery(typed: string): string | undefined {
  const words = searchWords([typed]).slice(0, ASKED_MAX);
  return words.length === 0 ? undefined : words.map((word) => `'${word}':*`).join(' & ');
}
