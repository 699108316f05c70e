/**
 * A failure for programs: they read the code, and who writes them the words, in English.
 *
 * @module
 */
import type { ErrorAnswer, ErrorRenderer } from './errors.ts';
import { valuesOf } from './html-errors.ts';
import type { Wording } from './messages.ts';

/** `{"error": {code, message, reference, issues?, details?}}`. @param wording English. */
export function jsonErrors(wording: Wording): ErrorRenderer {
  return (ctx, answer) => {
    // What a condition of the request's own refused (RFC 9110, section 15.5.13).
    if (answer.code === 'changed_meanwhile') ctx.status = 412;
    ctx.type = 'json';
    ctx.body = JSON.stringify({ error: presentError(answer, wording) });
  };
}

function presentError({ code, reference, error }: ErrorAnswer, { text }: Wording) {
  const values = error ? valuesOf(error) : {};
  const title = text(`error.${code}.title`, values);
  if (error?.code === 'input_invalid') {
    const { issues } = error.details;
    const [first = { path: '', message: '' }] = issues;
    return { code, message: `${title}: ${first.path} ${first.message}`, reference, issues };
  }
  const message = `${title.replace(/\?$/, '')}. ${text(`error.${code}.next`, values)}`;
  const details = error?.details === undefined ? {} : { details: error.details };
  return { code, message, reference, ...details };
}
