/**
 * Which language a page speaks: the person's own, else what this browser was switched to, else
 * what it asks for.
 *
 * @module
 */
import type { Context } from 'koa';
import { readCookie, setCookie } from './cookies.ts';
import { DEFAULT_LANGUAGE, isLanguage, LANGUAGES, type Language } from './messages.ts';
import { findSignedIn } from './session.ts';

const ONE_YEAR_SECONDS = 31_536_000;

export function languageOf(ctx: Context): Language {
  const own = findSignedIn(ctx)?.user.language;
  if (isLanguage(own)) return own;
  const chosen = readCookie(ctx, 'language');
  if (isLanguage(chosen)) return chosen;
  const asked = ctx.acceptsLanguages(...Object.keys(LANGUAGES));
  return isLanguage(asked) ? asked : DEFAULT_LANGUAGE;
}

/** Remembers the switch on this browser. */
export function chooseLanguage(ctx: Context, language: Language): void {
  setCookie(ctx, 'language', { value: language, maxAgeSeconds: ONE_YEAR_SECONDS });
}
