/**
 * An entry of a directory, as the wire gave it.
 *
 * @module
 */
import { loginKey } from '../../user.ts';

export interface DirectoryAttribute {
  /** As the directory writes it, with options such as `;lang-de`. */
  readonly name: string;
  /** Bytes where they are no UTF-8, or were asked for as bytes. */
  readonly values: readonly (string | Uint8Array)[];
}

export interface DirectoryEntry {
  readonly dn: string;
  /** By name in lower case. */
  readonly attributes: ReadonlyMap<string, DirectoryAttribute>;
}

export function valuesOf(entry: DirectoryEntry, name: string): readonly (string | Uint8Array)[] {
  return entry.attributes.get(name.toLowerCase())?.values ?? [];
}

export function textsOf(entry: DirectoryEntry, name: string): readonly string[] {
  return valuesOf(entry, name).filter(isText);
}

/** The first text; `undefined` when there is none. */
export function textOf(entry: DirectoryEntry, name: string): string | undefined {
  return textsOf(entry, name)[0];
}

/**
 * Whether a name somebody typed stands in the entry, as we tell names apart. Directories take more of
 * them for the same (Active Directory ä for a, others two spaces for one), and each would be another
 * name to those who count how often a password was guessed.
 */
export function answersTo({ dn, attributes }: DirectoryEntry, login: string): boolean {
  const key = loginKey(login);
  const texts = [...attributes.values()].flatMap(({ values }) => values.filter(isText));
  return [dn, ...texts].some((text) => loginKey(text).includes(key));
}

/** No database of ours takes a NUL. */
export function isText(value: string | Uint8Array): value is string {
  return typeof value === 'string' && !value.includes('\0');
}
