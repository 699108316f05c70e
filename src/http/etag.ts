/**
 * Whether somebody changed it meanwhile: entity tags (RFC 9110, section 8.8.3) made of what is
 * shown of a thing. Forms carry the same tag in a hidden field.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import type { Context } from 'koa';
import type { Expectation } from '../domain/expectation.ts';

/** A strong tag, with its quotes. `representation` is plain JSON, its members in a fixed order. */
export function etagOf(representation: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify(representation)).digest('base64url');
  return `"${digest.slice(0, 22)}"`;
}

/** @param tag Of the form's hidden field; without one nothing is expected. */
export function expecting<Thing>(
  tag: string | undefined,
  represent: (thing: Thing) => unknown,
): Expectation<Thing> | undefined {
  if (tag === undefined || tag === '') return undefined;
  return (current) => etagOf(represent(current)) === tag;
}

/** The same of an API request's `If-Match`; `*` and no header expect nothing. */
export function expectingIfMatch<Thing>(
  ctx: Context,
  represent: (thing: Thing) => unknown,
): Expectation<Thing> | undefined {
  const tags = ctx.get('If-Match');
  if (tags === '' || tags.trim() === '*') return undefined;
  const named = tags.split(',').map((tag) => tag.trim());
  return (current) => named.includes(etagOf(represent(current)));
}
