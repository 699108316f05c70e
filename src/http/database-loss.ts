/**
 * Tells a database that went away, which comes back by itself, from a fault of ours.
 *
 * @module
 */

/** Of the connection, and of Postgres shutting down, starting up or full. */
const CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  '57P01',
  '57P02',
  '57P03',
  '53300',
]);
/** Class 08, connection exceptions (PostgreSQL, appendix A). */
const CONNECTION_CLASS = /^08[0-9A-Z]{3}$/;
/** What pg says without a code. */
const MESSAGES =
  /^(?:Connection terminated|Client has encountered a connection error|timeout exceeded when trying to connect|Unable to acquire a connection)/;

export function isDatabaseLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === 'KnexTimeoutError') return true;
  const { code } = error as Error & { code?: unknown };
  if (typeof code === 'string' && (CODES.has(code) || CONNECTION_CLASS.test(code))) return true;
  if (MESSAGES.test(error.message)) return true;
  // A failed fetch carries the same codes, and is not the database.
  return !(error instanceof TypeError) && isDatabaseLoss(error.cause);
}
