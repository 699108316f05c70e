import type { Context } from 'koa';
import type { z } from 'zod';
import { DomainError } from '../domain/errors.ts';
import { parse } from './parse.ts';

/**
 * Reads the query string. A parameter given twice is refused, whichever it is: two readers of one
 * address must never see two different values.
 *
 * @throws {DomainError} `input_invalid`.
 */
export function readQuery<Schema extends z.ZodType>(ctx: Context, schema: Schema) {
  return parse(schema, uniqueFields(new URLSearchParams(ctx.querystring), 'query'), 'query');
}

/** @throws {DomainError} `input_invalid` when a name occurs twice. */
export function uniqueFields(
  params: URLSearchParams,
  where: 'body' | 'query',
): Record<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of params) {
    if (fields.has(name)) {
      const issues = [{ path: `${where}.${name}`, message: 'must be given once' }];
      throw new DomainError('input_invalid', { issues });
    }
    fields.set(name, value);
  }
  return Object.fromEntries(fields);
}
