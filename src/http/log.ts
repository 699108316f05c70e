import { type Logger, pino } from 'pino';

/** What the code below the wiring needs of a log. Nothing a person typed is ever written to it. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error'>;

/** A log of JSON lines on standard output, at pino's level `level`. */
export function createLog(level: string): Logger {
  return pino({ level, base: null });
}
