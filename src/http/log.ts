import { type DestinationStream, type Logger, pino } from 'pino';

/** What the code below the wiring needs of a log. Nothing a person typed is ever written to it. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error'>;

/** A log of JSON lines, on standard output unless told otherwise, at pino's level `level`. */
export function createLog(level: string, destination?: DestinationStream): Logger {
  return pino({ level, base: null, serializers: { err: describeError } }, destination);
}

const MAX_CAUSES = 5;

/**
 * Only what every error has, and its code. What else hangs on one can be anything: Node's parse
 * errors carry the bytes of the request, cookies and form included, Postgres' the row it refused.
 */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack, cause } = error;
  const { code } = error as Error & { code?: unknown };
  return {
    type: name,
    message,
    stack,
    ...(typeof code === 'string' ? { code } : {}),
    ...(cause !== undefined && depth < MAX_CAUSES
      ? { cause: describeError(cause, depth + 1) }
      : {}),
  };
}
