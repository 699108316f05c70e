import { z } from 'zod';

/** Of the years that JSON, Postgres and forms write with four digits, to the day before the last. */
const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T00:00:00Z');

/** Whether a date or a time, with whatever offset, is one that can be stored and written. */
export function isStorable(at: Date): boolean {
  const time = at.getTime();
  return time >= FIRST && time < LAST;
}

/** A time that programs give: RFC 3339, with an offset. */
export const givenInstant = z.iso
  .datetime({ offset: true })
  .refine((text) => isStorable(new Date(text)), {
    error: 'must lie between the years 1 and 9999',
  });
