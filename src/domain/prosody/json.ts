/**
 * JSON as Lua sees it after cjson: which values can be indexed, which count as true, how one looks
 * as text. Where Prosody would throw, the caller asks first (`canIndex`).
 *
 * @module
 */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [name: string]: Json | undefined;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `null` becomes userdata: it is there, it is true, and indexing it throws. Text can be indexed. */
export function canIndex(value: Json | undefined): boolean {
  return typeof value === 'string' || (typeof value === 'object' && value !== null);
}

/** The field of a table; nothing in lists and text. */
export function field(value: Json | undefined, name: string): Json | undefined {
  if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
  return value[name];
}

/** Only nil and false are false in Lua. */
export function isTruthy(value: Json | undefined): value is Exclude<Json, false> {
  return value !== undefined && value !== false;
}

/** `string.lower` in the C locale. */
export function asciiLower(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** `tostring`. Every JSON number is a float there: 7 is `7.0`. */
export function luaText(value: Json): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return luaNumber(value);
  if (typeof value === 'boolean') return String(value);
  return value === null ? 'userdata: (nil)' : 'table: 0x…';
}

/** C's `%.14g`, with `.0` after what would look like an integer. */
function luaNumber(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [mantissa = '', exponent] = value.toPrecision(14).split('e');
  const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
  if (exponent) return `${short}e${exponent.replace(/^([+-])(\d)$/, '$10$2')}`;
  return short.includes('.') ? short : `${short}.0`;
}

/** What the operator is shown of a claim: JSON, cut short. */
export function show(value: Json | undefined): string {
  if (value === undefined) return 'absent';
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
