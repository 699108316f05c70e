import { describe, expect, it } from 'vitest';
import { readCsv } from '../../../src/operations/people/import/read-csv.ts';

describe('a file that cannot be read', () => {
  it.each<[string, string | Buffer, object]>([
    ['is empty', '', { fault: 'empty' }],
    ['has a head alone', 'username\n', { fault: 'empty' }],
    ['is not UTF-8', Buffer.from([0x75, 0xff, 0xe4]), { fault: 'encoding' }],
    ['has an open quote', 'username\n"ada', { fault: 'syntax', line: 2 }],
    ['names nobody', 'email\na@b\n', { fault: 'no_username' }],
    ['holds passwords', 'username,Pass word\na,b\n', { fault: 'password_column' }],
    ['has a column nobody knows', 'username,emial\na,b\n', { column: 'emial', hint: 'email' }],
    ['has a column twice', 'username,mail,email\na,b,c\n', { fault: 'column_twice' }],
    ['is too long', `username\n${names(50_001)}`, { fault: 'too_many' }],
  ])('%s', (_what, text, details) => {
    const reading = () => readCsv(Buffer.from(text));
    expect(reading).toThrow(expect.objectContaining({ code: 'import_unreadable' }));
    expect(reading).toThrow(expect.objectContaining({ details: expect.objectContaining(details) }));
  });
});

function names(count: number): string {
  return Array.from({ length: count }, (_, nth) => `person-${nth}`).join('\n');
}
