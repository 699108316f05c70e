import type { Context } from 'koa';
import { MAIN_SLUG } from '../../domain/slug.ts';

/** The issuer an address names; the addresses without one are `main`'s. */
export function slugOf(ctx: Context): string {
  const { params } = ctx as Context & { params?: Readonly<Record<string, string>> };
  return params?.slug ?? MAIN_SLUG;
}
