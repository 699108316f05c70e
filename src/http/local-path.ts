/**
 * `returnTo`: a path of our own, read the way a browser would read it.
 *
 * @module
 */
import { z } from 'zod';

/** Any origin would do: the question is only whether the value can leave it. */
const SOMEWHERE = 'http://local.invalid';
export const MAX_LOCAL_PATH = 8192;

/**
 * The path, query and fragment to go to, in the URL standard's spelling (ASCII, safe in a header),
 * or `undefined` for everything a browser might take elsewhere: `//host`, `/\host`, control
 * characters (browsers drop tabs and line breaks), absolute addresses.
 */
export function toLocalPath(value: string): string | undefined {
  if (value.length > MAX_LOCAL_PATH || !value.startsWith('/')) return undefined;
  if (/[\\\p{Cc}\p{Cs}]/u.test(value)) return undefined;

  const url = URL.parse(value, SOMEWHERE);
  if (!url || url.origin !== SOMEWHERE || url.username || url.password) return undefined;
  // `/..//host` resolves to the path `//host`, which on its own names another host.
  if (url.pathname.startsWith('//')) return undefined;
  const path = url.pathname + url.search + url.hash;
  return path.length > MAX_LOCAL_PATH ? undefined : path;
}

export const localPathSchema = z.string().transform((value, issues) => {
  const path = toLocalPath(value);
  if (path !== undefined) return path;
  issues.addIssue({ code: 'custom', message: 'must be a path of this site' });
  return z.NEVER;
});
