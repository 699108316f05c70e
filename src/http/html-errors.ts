/**
 * A failure as a page: what happened, what to do, and the reference the log knows it by.
 *
 * @module
 */
import type { AnyDomainError } from '../domain/errors.ts';
import type { ErrorRenderer } from './errors.ts';
import type { Pages } from './pages.ts';
import { seeOther } from './see-other.ts';

/** Sends who is signed out to sign in, and back. */
export function htmlErrors(pages: Pages): ErrorRenderer {
  return (ctx, answer) => {
    const { code, error, reference, retryAfterSeconds } = answer;
    if (error?.code === 'login_required') {
      const query = new URLSearchParams({ returnTo: error.details.returnTo });
      return seeOther(ctx, `/login?${query.toString()}`);
    }
    pages.show(ctx, 'error', {
      code,
      reason: error?.code === 'access_denied' ? error.details.reason : undefined,
      reference,
      values: error ? valuesOf(error) : {},
      retryAfterSeconds,
      issues: error?.code === 'input_invalid' ? error.details.issues : [],
      continueHref: '/',
    });
  };
}

/** The details that words may name: texts and numbers. */
export function valuesOf({ details }: AnyDomainError): Record<string, string | number> {
  const values = Object.entries(details ?? {}).filter(
    (entry): entry is [string, string | number] =>
      typeof entry[1] === 'string' || typeof entry[1] === 'number',
  );
  return Object.fromEntries(values);
}
