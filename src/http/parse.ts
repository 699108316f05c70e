/**
 * Untrusted input becomes a value of the schema's type, or `input_invalid`.
 *
 * @module
 */
import { faultText } from '../domain/faults.ts';
import type { z } from 'zod';
import { DomainError, type InputIssue } from '../domain/errors.ts';

export type InputPlace = 'body' | 'params' | 'query';

/** NUL, which Postgres cannot store, and lone surrogates, which are not text. */
const UNSTORABLE = /[\0\p{Cs}]/u;
const MAX_DEPTH = 32;

/**
 * A function, not a middleware: the handler gets its input as a typed `const`, and `ctx` stays as
 * Koa made it.
 *
 * @throws {DomainError} `input_invalid`, with every rejected field.
 */
export function parse<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  where: InputPlace,
): z.output<Schema> {
  const unstorable = findUnstorable(input, [where]);
  if (unstorable) throw new DomainError('input_invalid', { issues: [unstorable] });

  const result = schema.safeParse(input);
  if (result.success) return result.data;

  throw new DomainError('input_invalid', {
    issues: result.error.issues.flatMap((issue) => issuesOf(issue, where)),
  });
}

/** A field that nobody knows is named itself, not only the place it stands in. */
function issuesOf(issue: z.core.$ZodIssue, where: InputPlace): readonly InputIssue[] {
  const place = [where, ...issue.path];
  if (issue.code !== 'unrecognized_keys')
    return [{ path: place.join('.'), message: issue.message }];
  return issue.keys.map((key) => ({
    path: [...place, key].join('.'),
    message: faultText('unknown_field'),
  }));
}

/** The first place whose text no database takes, wherever it hides. */
function findUnstorable(input: unknown, path: readonly string[]): InputIssue | undefined {
  if (typeof input === 'string')
    return UNSTORABLE.test(input)
      ? { path: path.join('.'), message: 'must be text without NUL characters' }
      : undefined;
  if (typeof input !== 'object' || input === null) return undefined;
  if (path.length > MAX_DEPTH) return { path: path.join('.'), message: 'is nested too deeply' };

  for (const [key, value] of Object.entries(input)) {
    if (UNSTORABLE.test(key))
      return { path: path.join('.'), message: 'must have names without NUL characters' };
    const found = findUnstorable(value, [...path, key]);
    if (found) return found;
  }
  return undefined;
}
