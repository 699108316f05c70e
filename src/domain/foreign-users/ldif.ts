/**
 * LDIF (RFC 2849): content records, as `ldapsearch`, `slapcat` and directory servers write them.
 *
 * @module
 */
import { UnreadableUsers } from './reading.ts';

export interface LdifEntry {
  /** Of the file, from 1. */
  readonly line: number;
  readonly dn: string;
  /** By name in lower case, options such as `;lang-de` taken off. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** @throws {UnreadableUsers} with the line. */
export function parseLdif(text: string): LdifEntry[] {
  const entries: { line: number; dn: string; values: Map<string, string[]> }[] = [];
  let current: (typeof entries)[number] | undefined;
  for (const { line, content } of unfold(text)) {
    if (content === '') {
      current = undefined;
      continue;
    }
    const found = /^([A-Za-z][\w.-]*)(?:;[\w;-]+)?:([:<]?) *(.*)$/s.exec(content);
    if (!found) throw new UnreadableUsers(`line ${line} is no LDIF: NAME: VALUE is wanted`);
    const [, written = '', mark, raw = ''] = found;
    const name = written.toLowerCase();
    // What a file elsewhere says is not fetched.
    if (mark === '<') continue;
    const value = mark === ':' ? Buffer.from(raw, 'base64').toString('utf8') : raw;
    if (name === 'dn') {
      current = { line, dn: value, values: new Map() };
      entries.push(current);
    } else if (name === 'changetype')
      throw new UnreadableUsers(`line ${line}: changes are not read, only content`);
    else if (current) addTo(current.values, name, value);
  }
  return entries;
}

/** In place: a group of a large directory has a hundred thousand members. */
export function addTo(lists: Map<string, string[]>, name: string, value: string): void {
  const known = lists.get(name);
  if (known) known.push(value);
  else lists.set(name, [value]);
}

/** A line that begins with a space goes on where the one before ended. */
function unfold(text: string): { readonly line: number; readonly content: string }[] {
  const lines: { line: number; content: string }[] = [];
  for (const [nth, row] of text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .entries()) {
    const last = lines.at(-1);
    if (row.startsWith(' ') && last) last.content += row.slice(1);
    else lines.push({ line: nth + 1, content: row });
  }
  return lines.filter(({ content }) => !content.startsWith('#'));
}
