import type { ErrorAnswer, ErrorRenderer } from './errors.ts';

/** `{"error": {code, message, reference, issues?, details?}}`, for machines. */
export const jsonErrors: ErrorRenderer = (ctx, answer) => {
  // What a condition of the request's own refused (RFC 9110, section 15.5.13).
  if (answer.code === 'changed_meanwhile') ctx.status = 412;
  ctx.type = 'json';
  ctx.body = JSON.stringify({ error: presentError(answer) });
};

/** `message` is English and for developers; programs read `code`. */
export function presentError({ code, reference, error }: ErrorAnswer) {
  const message = code.replaceAll('_', ' ');
  if (error?.code === 'input_invalid')
    return { code, message, reference, issues: error.details.issues };
  const details = error?.details === undefined ? {} : { details: error.details };
  return { code, message, reference, ...details };
}
