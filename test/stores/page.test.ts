import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readCursor, timeKey, writeCursor } from '../../src/stores/page.ts';

const ID = '00000000-0000-4000-8000-000000000000';
const read = (key: z.ZodType, cursor: readonly unknown[]) =>
  readCursor(writeCursor(cursor as string[]), key);

describe('where a page ended', () => {
  it.each([
    '2026-01-05T09:00:00.000Z',
    '2026-01-05 09:00:00.123456+00',
    '2026-01-05 09:00:00+05:30',
    '1999-12-31 23:59:59-03',
  ])('is a point in time as it is written: %s', (time) => {
    expect(read(timeKey, [time, ID])).toEqual([time, ID]);
  });

  it.each([
    '9999-99-99 99:99:99Z',
    '2026-02-30 09:00:00Z',
    '0000-01-01 00:00:00Z',
    '2026-01-05 24:00:01Z',
    '2026-01-05 09:00:00+99',
    '2026-01-05 09:00:00+05:99',
  ])('is no time that no calendar has: %s', (time) => {
    expect(() => read(timeKey, [time, ID])).toThrow(
      expect.objectContaining({ code: 'input_invalid' }),
    );
  });

  it.each(['\0', 'a\u0000b', '\ud800'])('is no text that no database takes: %j', (name) => {
    expect(() => read(z.tuple([z.string()]), [name])).toThrow(
      expect.objectContaining({ code: 'input_invalid' }),
    );
  });
});
