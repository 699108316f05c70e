/**
 * Keys the file should not have, with what was probably meant.
 *
 * @module
 */
import { z } from 'zod';
import { nearest } from '../nearest.ts';
import type { FileMistake, FilePath } from './mistake.ts';

/** Walks data and schema side by side; what has another shape than the schema is not its affair. */
export function unknownKeys(schema: z.ZodType, data: unknown, path: FilePath): FileMistake[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray && Array.isArray(data)) {
    const element = inner.element as z.ZodType;
    return data.flatMap((item, index) => unknownKeys(element, item, [...path, index]));
  }
  if (!(inner instanceof z.ZodObject) || !isRecord(data)) return [];

  const shape: Readonly<Record<string, z.ZodType>> = inner.shape;
  return Object.entries(data).flatMap(([key, value]) => {
    const known = Object.hasOwn(shape, key) ? shape[key] : undefined;
    if (known) return unknownKeys(known, value, [...path, key]);
    return [unknownKey([...path, key], Object.keys(shape))];
  });
}

export function unknownKey(path: FilePath, known: readonly string[]): FileMistake {
  const key = String(path.at(-1));
  return { path, message: `unknown key ${key}`, hint: hintFor(key, known), about: 'key' };
}

function hintFor(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return near === undefined ? `known are ${known.join(', ')}` : `did you mean ${near}?`;
}

function unwrap(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault
  )
    return unwrap(schema.unwrap() as z.ZodType);
  return schema;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
