/**
 * What an audit row is found by: the words of its names, and its kind, in one `tsvector`.
 *
 * Words of people never begin with `=`; those that do are facts: `=ttoken.issued` (type),
 * `=ouser` (what it was done to), `=i1b2c3d4e` (issuer, the first of its id), `=ba` (some word
 * begins with an a). One index serves search and filters, and whatever is asked for together
 * narrows it.
 *
 * @module
 */
import type { AuditEvent } from '../domain/audit-event.ts';
import { searchWords } from '../domain/search-words.ts';

const ISSUER_CHARACTERS = 8;

/** A `tsvector` as text. */
export function wordsOfEvent(event: AuditEvent): string {
  const { actorName, targetName, room, reason, requestId, ip, type, targetType, issuerId } = event;
  const names = [actorName, targetName, room, reason, requestId].filter(
    (name) => name !== undefined,
  );
  const words = [...searchWords(names), ...(ip === undefined ? [] : [ip.toLowerCase()])];
  const letters = new Set(words.map((word) => firstLetter(word)));
  return [...words, ...Array.from(letters, letterFact), ...factsOf({ type, targetType, issuerId })]
    .map(quote)
    .join(' ');
}

export interface AuditFacts {
  readonly type?: string | undefined;
  readonly targetType?: string | undefined;
  readonly issuerId?: string | undefined;
}

/** A `tsquery` as text for rows of whom all of this is true. */
export function factsQuery(facts: AuditFacts): string {
  return factsOf(facts).map(quote).join(' & ');
}

/** Rows of a family of types: `token`. */
export function familyQuery(family: string): string {
  return `${quote(`=t${family}.`)}:*`;
}

/**
 * A `tsquery` for what somebody typed: every word must begin a word of the row, and what looks like
 * an address must begin its address. `undefined` when there is nothing to look for.
 *
 * A letter is asked for by its fact: a sixteenth of all request ids, each a word of its own, begins
 * with it.
 */
export function typedQuery(typed: string): string | undefined {
  const pieces = typed.split(/\s+/);
  const addresses = pieces.filter(isAddress).map((piece) => piece.toLowerCase());
  const words = searchWords(pieces.filter((piece) => !isAddress(piece)));
  const asked = [...addresses, ...words].slice(0, ASKED_MAX);
  if (asked.length === 0) return undefined;
  return asked
    .map((word) => (firstLetter(word) === word ? quote(letterFact(word)) : `${quote(word)}:*`))
    .join(' & ');
}

/** Rows that have all the words of a name. */
export function namedQuery(name: string): string | undefined {
  const words = searchWords([name]);
  return words.length === 0 ? undefined : words.map(quote).join(' & ');
}

export function addressQuery(ip: string): string {
  return quote(ip.toLowerCase());
}

/** More would narrow nothing down. */
const ASKED_MAX = 10;
/** `10.0.`, `2001:db8::`. */
const isAddress = (piece: string) =>
  /^\d{1,3}(\.\d{0,3}){1,3}$/.test(piece) || /^[\da-f]*:[\da-f:.]*$/i.test(piece);

function factsOf({ type, targetType, issuerId }: AuditFacts): string[] {
  return [
    ...(type === undefined ? [] : [`=t${type}`]),
    ...(targetType === undefined ? [] : [`=o${targetType}`]),
    ...(issuerId === undefined ? [] : [`=i${issuerId.slice(0, ISSUER_CHARACTERS)}`]),
  ];
}

const letterFact = (letter: string) => `=b${letter}`;

/** Whole, also where it is a pair of surrogates. */
function firstLetter([letter = '']: string): string {
  return letter;
}

/** As text search reads a lexeme: in quotes, quotes and backslashes doubled. */
function quote(word: string): string {
  return `'${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
