/**
 * What forms and programs may say of a stop.
 *
 * @module
 */
import { z } from 'zod';
import { line } from './config-file/values.ts';

const NOT_IN_ROOMS = /[/\\?#[\]\p{Cc}\p{Zl}\p{Zp}]/u;

/** As room names are compared: NFKC, lower case. */
const pattern = z
  .string()
  .transform((typed) => typed.normalize('NFKC').toLowerCase().trim())
  .pipe(line(200))
  .refine((text) => !NOT_IN_ROOMS.test(text), {
    error: 'no room name has one of / \\ ? # [ ]; the only wildcard is *',
  });

export const stopSchema = z
  .strictObject({
    /** Username or e-mail address. */
    user: z.string().trim().pipe(line(320)).optional(),
    /** Slug. */
    issuer: z.string().trim().pipe(line(40)).optional(),
    room: pattern.optional(),
    reason: z.string().trim().pipe(line(500)),
    endsAt: z.date().optional(),
  })
  .check(({ value, issues }) => {
    const { user, issuer, room } = value;
    const fault = (path: string, message: string) =>
      issues.push({ code: 'custom', path: [path], message, input: value });
    if (user === undefined && issuer === undefined) fault('user', 'name a user or an issuer');
    if (user !== undefined && issuer !== undefined) fault('issuer', 'a user is stopped everywhere');
    if (room !== undefined && issuer === undefined) fault('room', 'a room belongs to an issuer');
  });
export type StopFields = z.input<typeof stopSchema>;
