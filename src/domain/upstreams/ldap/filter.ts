/**
 * Search filters (RFC 4515): an operator's template, and the name somebody typed.
 *
 * @module
 */

/** Where the typed name goes. */
export const LOGIN_PLACE = '{login}';

/** Of a name somebody types, in UTF-16 units: no directory has longer ones. */
const LOGIN_MAX = 256;

/** For a place in a filter where only a value may stand (RFC 4515, section 3). */
export function escapeFilterValue(value: string): string {
  return value.replace(
    /[\\*()\0]/g,
    (special) => `\\${special.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** Puts the name wherever the template asks for it: as a value, whatever is in it. */
export function fillFilter(template: string, login: string): string {
  const value = escapeFilterValue(login);
  return tidyFilter(template).replaceAll(LOGIN_PLACE, () => value);
}

/** Of a template: the attributes a typed name is looked for in. */
export function loginAttributes(template: string): readonly string[] {
  const parts = template.matchAll(/\(\s*([a-z][\w.;-]*)[^=()]*=[^()]*\{login\}/gi);
  return [...parts].flatMap(([, name]) => name ?? []);
}

/** Without the space and the line breaks people put between the parts. */
export function tidyFilter(filter: string): string {
  return filter
    .trim()
    .replace(/\(\s*([&|!])\s*(?=\()/g, '($1')
    .replace(/\)\s+(?=[()])/g, ')');
}

/** The name as it is looked for; `undefined` when no entry can have it. */
export function readLogin(typed: string): string | undefined {
  const login = typed.trim();
  const isName = login !== '' && login.length <= LOGIN_MAX;
  // Half a surrogate pair is no letter, and would be another one on the wire.
  return isName && !/[\0\p{Surrogate}]/u.test(login) ? login : undefined;
}
