/**
 * A list in one cell or field: `a; b`, or JSON where an item has a semicolon of its own.
 *
 * @module
 */
import { z } from 'zod';

const listSchema = z.array(z.string());

export function writeList(items: readonly string[]): string {
  const isPlain = items.every((item) => !/[;[\r\n]/.test(item) && item.trim() !== '');
  return isPlain ? items.join('; ') : JSON.stringify(items);
}

export function readList(text: string): string[] {
  const typed = text.trim();
  const json = typed.startsWith('[') ? listSchema.safeParse(parseJson(typed)) : undefined;
  if (json?.success) return json.data;
  const items = typed.split(/\r?\n|;/).map((item) => item.trim());
  return items.filter((item) => item !== '');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
