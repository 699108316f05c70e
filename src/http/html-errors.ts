/**
 * A failure as a page: what happened, what to do, and the reference the log knows it by.
 *
 * @module
 */
import type { AnyDomainError, InputIssue } from '../domain/errors.ts';
import type { ErrorRenderer } from './errors.ts';
import type { Pages } from './pages.ts';
import { seeOther } from './see-other.ts';

/** Sends who is signed out to sign in, and back. */
export function htmlErrors(pages: Pages): ErrorRenderer {
  return (ctx, answer) => {
    const { code, error, reference, retryAfterSeconds } = answer;
    if (error?.code === 'login_required') {
      const { returnTo, upstream } = error.details;
      const query = new URLSearchParams({ returnTo });
      if (upstream !== undefined) query.set('upstream', upstream);
      return seeOther(ctx, `/login?${query.toString()}`);
    }
    pages.show(ctx, 'error', {
      code,
      reason: error?.code === 'access_denied' ? error.details.reason : undefined,
      reference,
      values: error ? valuesOf(error) : {},
      retryAfterSeconds,
      fields: error?.code === 'input_invalid' ? fieldsOf(error.details.issues) : [],
      continueHref: '/',
    });
  };
}

/** Their names, once each. What is wrong with them is said in English, to programs and the log. */
export function fieldsOf(issues: readonly InputIssue[]): readonly string[] {
  const names = issues.map(({ path }) => path.replace(/^(body|params|query)(\.|$)/, ''));
  return [...new Set(names)].filter((name) => name !== '');
}

/** The details that words may name: texts and numbers. */
export function valuesOf({ details }: AnyDomainError): Record<string, string | number> {
  const values = Object.entries(details ?? {}).filter(
    (entry): entry is [string, string | number] =>
      typeof entry[1] === 'string' || typeof entry[1] === 'number',
  );
  return Object.fromEntries(values);
}
