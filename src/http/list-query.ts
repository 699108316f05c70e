/**
 * Lists whose address says what they show: search, filters, order, page.
 *
 * @module
 */
import type { Context } from 'koa';
import { z } from 'zod';

/** What every list's query may hold. Extend it by a list's own filters, each with a default. */
export const listQuery = z.object({
  q: z.string().max(200).default(''),
  /** Cursor of the page before: opaque, made by the store. */
  after: z.string().max(1000).optional(),
});

/** Rows of a page. */
export const PAGE_SIZE = 50;

/** How many there are, counted up to a limit: `more` says that it stopped there. */
export interface Total {
  readonly count: number;
  readonly more: boolean;
}

/** What a page with a list shows besides its rows. */
export interface ListFrame {
  /** Where the form of search and filters goes: the path itself. */
  readonly action: string;
  readonly q: string;
  readonly total: Total;
  /** Back to the start, on all pages but the first. */
  readonly firstHref: string | undefined;
  readonly nextHref: string | undefined;
}

export function listFrame(
  ctx: Context,
  { q, total, next }: { q: string; total: Total; next: string | undefined },
): ListFrame {
  return {
    action: ctx.path,
    q,
    total,
    firstHref: ctx.query.after === undefined ? undefined : hrefWith(ctx, { after: undefined }),
    nextHref: next === undefined ? undefined : hrefWith(ctx, { after: next }),
  };
}

/** This page's address with other parameters; `undefined` takes one away. */
export function hrefWith(
  ctx: Context,
  changes: Readonly<Record<string, string | undefined>>,
): string {
  const params = new URLSearchParams(ctx.querystring);
  params.delete('done');
  for (const [name, value] of Object.entries(changes))
    if (value === undefined) params.delete(name);
    else params.set(name, value);
  const query = params.toString();
  return query === '' ? ctx.path : `${ctx.path}?${query}`;
}
