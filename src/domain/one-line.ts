/** NUL, which no database takes, and what breaks a line, turns its direction or commands a terminal. */
const UNFIT = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/gu;

/** Text of others, fit to be shown beside ours. */
export function onOneLine(text: string): string {
  return text.replaceAll(UNFIT, '\uFFFD');
}
