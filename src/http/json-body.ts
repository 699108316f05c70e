import type { Context } from 'koa';
import { DomainError } from '../domain/errors.ts';
import { readBody } from './body.ts';

/**
 * Reads a JSON body of at most `limitBytes`. It is still untrusted: hand it to `parse`.
 *
 * @throws {DomainError} `body_not_json`, `form_too_large`, `form_type_unsupported`.
 */
export async function readJson(ctx: Context, limitBytes: number): Promise<unknown> {
  if (!ctx.is('json', '+json')) throw new DomainError('form_type_unsupported', undefined);
  const text = (await readBody(ctx, limitBytes)).toString('utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DomainError('body_not_json', undefined, { cause });
  }
}
