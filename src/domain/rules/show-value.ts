/**
 * A value of a rule, written as CEL writes it, short enough for a line.
 *
 * @module
 */

/** UTF-16 units of a text. */
const MAX_TEXT = 200;
const MAX_MEMBERS = 20;
const MAX_DEPTH = 3;

export function showValue(value: unknown, depth = 0): string {
  if (typeof value === 'string') return quoted(value);
  if (value instanceof Date) return `timestamp('${value.toISOString()}')`;
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  if (typeof value !== 'object' || value === null) return 'null';
  if (depth >= MAX_DEPTH) return '…';
  if (Array.isArray(value)) return `[${members(value, (one) => showValue(one, depth + 1))}]`;
  if (value instanceof Map) return showEntries([...value], depth);
  if (isOptional(value))
    return value.hasValue() ? `optional.of(${showValue(value.value(), depth + 1)})` : 'none';
  return showEntries(Object.entries(value), depth);
}

function showEntries(entries: readonly (readonly [unknown, unknown])[], depth: number): string {
  const shown = members(
    entries,
    ([name, value]) => `${showValue(name, depth + 1)}: ${showValue(value, depth + 1)}`,
  );
  return `{${shown}}`;
}

function members<T>(list: readonly T[], show: (one: T) => string): string {
  const shown = list.slice(0, MAX_MEMBERS).map(show);
  if (list.length > MAX_MEMBERS) shown.push(`… ${list.length - MAX_MEMBERS} more`);
  return shown.join(', ');
}

function quoted(text: string): string {
  const short = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return `'${short.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

interface OptionalValue {
  hasValue(): boolean;
  value(): unknown;
}

function isOptional(value: object): value is OptionalValue {
  return 'hasValue' in value && typeof value.hasValue === 'function';
}
