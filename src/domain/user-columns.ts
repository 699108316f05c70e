/**
 * The columns of a list of people: what is exported is what can be read in again.
 *
 * @module
 */
import { nearest } from './nearest.ts';

/** Of the users themselves; attributes follow as `attribute.department` or `attribute.floor:number`. */
export const USER_COLUMNS = [
  'username',
  'displayName',
  'email',
  'groups',
  'language',
  'avatarUrl',
  'disabled',
  'role',
  'passwordHash',
] as const;
export type UserColumn = (typeof USER_COLUMNS)[number];

export const ATTRIBUTE_KINDS = ['text', 'number', 'yes_no', 'list'] as const;
export type AttributeKind = (typeof ATTRIBUTE_KINDS)[number];

/** Exported to be read, and passed over when they come back. */
export const TOLD_COLUMNS = ['source', 'createdAt', 'lastSignInAt'] as const;

/** Other names people give them, folded. */
const ALIASES: Readonly<Record<string, UserColumn>> = {
  user: 'username',
  login: 'username',
  benutzername: 'username',
  name: 'displayName',
  fullname: 'displayName',
  anzeigename: 'displayName',
  mail: 'email',
  emailaddress: 'email',
  group: 'groups',
  gruppen: 'groups',
  sprache: 'language',
  gesperrt: 'disabled',
  rolle: 'role',
};
const PASSWORDS = new Set(['password', 'pass', 'passwort', 'kennwort', 'pwd']);

export type Heading =
  | { readonly kind: 'column'; readonly name: string }
  | { readonly kind: 'passed_over' }
  | { readonly kind: 'password' }
  | { readonly kind: 'unknown'; readonly hint: string | undefined };

const ATTRIBUTE = /^attribute[.:](.+?)(?::(text|number|yes_no|list))?$/i;

/** What a heading means, in whatever case it is written. */
export function readHeading(heading: string): Heading {
  const text = heading.trim();
  const attribute = ATTRIBUTE.exec(text);
  if (attribute) {
    const [, name = '', kind = 'text'] = attribute;
    return { kind: 'column', name: `attribute.${name.trim()}:${kind.toLowerCase()}` };
  }
  const folded = text.toLowerCase().replaceAll(/[\s_-]/g, '');
  if (PASSWORDS.has(folded)) return { kind: 'password' };
  const isFolded = (name: string) => name.toLowerCase() === folded;
  const name = USER_COLUMNS.find(isFolded) ?? ALIASES[folded];
  if (name !== undefined) return { kind: 'column', name };
  if (folded === 'id' || TOLD_COLUMNS.some(isFolded)) return { kind: 'passed_over' };
  return { kind: 'unknown', hint: nearest(text, USER_COLUMNS) };
}

export interface AttributeColumn {
  readonly name: string;
  readonly kind: AttributeKind;
}

/** `attribute.floor:number` → its parts; `undefined` for other columns. */
export function attributeColumn(column: string): AttributeColumn | undefined {
  const found = /^attribute\.([^]+):(text|number|yes_no|list)$/.exec(column);
  const kind = ATTRIBUTE_KINDS.find((known) => known === found?.[2]);
  return found?.[1] !== undefined && kind ? { name: found[1], kind } : undefined;
}
