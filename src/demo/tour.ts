/**
 * The rooms of the demo world worth a visit, and who is what in them. The roles are not written
 * here: the rules are asked.
 *
 * @module
 */
import { canonicalRoom } from '../domain/room.ts';
import type { User } from '../domain/user.ts';
import type { LiveIssuer } from '../operations/issuer-catalog.ts';
import { previewRole } from '../operations/preview-role.ts';
import type { SuggestedRoom } from './stand-in-pages.ts';

/** By the slugs of config/demo.yaml. */
export const TOUR: Readonly<Record<string, readonly SuggestedRoom[]>> = {
  main: [
    { room: 'lunch', about: 'everybody; teachers moderate' },
    { room: 'staff-lounge', about: 'staff alone' },
    { room: 'board', about: 'the board alone, and all of it moderates' },
    { room: 'class-9b', about: 'teachers, and the pupils of class 9b' },
    { room: 'playground', about: 'from 8 to 16 o’clock UTC; nobody moderates' },
  ],
  partner: [
    { room: 'seminar', about: 'staff; teachers of mathematics moderate' },
    { room: 'exam-algebra', about: 'teachers who signed in within the last hour' },
  ],
};

const WORDS = { moderator: 'mod', participant: 'in', denied: '–' } as const;

/** A line per person, a column per room: `mod`, `in` or `–`, for somebody who signs in now. */
export function roleTable(
  issuers: readonly LiveIssuer[],
  users: readonly User[],
  now: Date,
): readonly string[] {
  const columns = issuers.flatMap((live) =>
    (TOUR[live.issuer.slug] ?? []).map(({ room }) => ({ live, room })),
  );
  const session = { methods: ['pwd'], authenticatedAt: now } as const;
  const rows = users.map((user) => [
    user.username,
    ...columns.map(({ live, room }) => {
      const visitor = { user, session, now, ip: '127.0.0.1' };
      return WORDS[previewRole(live, visitor, canonicalRoom(room))];
    }),
  ]);
  return alignColumns([['', ...columns.map(({ room }) => room)], ...rows]);
}

export function alignColumns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, index) =>
    Math.max(...rows.map((row) => row[index]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd((widths[index] ?? 0) + 2))
      .join('')
      .trimEnd(),
  );
}
