/**
 * Files of other systems, found on the disk and read by their kind.
 *
 * @module
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { readHtpasswd } from '../../domain/foreign-users/htpasswd.ts';
import { readKeycloak } from '../../domain/foreign-users/keycloak.ts';
import { readLdifPeople } from '../../domain/foreign-users/ldif-people.ts';
import { type AccountFile, readProsodyAccounts } from '../../domain/foreign-users/prosody.ts';
import { type ForeignReading, UnreadableUsers } from '../../domain/foreign-users/reading.ts';
import { IMPORT_MAX_BYTES, IMPORT_MAX_ROWS, type ImportRow } from '../../domain/user-import.ts';
import { toImportRows } from '../../operations/people/import/import-rows.ts';
import { readCsv } from '../../operations/people/import/read-csv.ts';
import { Refusal, UsageError } from './command.ts';

const TEXTS = { htpasswd: readHtpasswd, keycloak: readKeycloak, ldif: readLdifPeople };
export const FORMATS = ['csv', ...Object.keys(TEXTS), 'prosody'] as const;

export interface ForeignRows {
  readonly rows: readonly ImportRow[];
  readonly remarks: readonly string[];
}

/** @throws {Refusal} for what cannot be read; `DomainError` `import_unreadable` for a bad CSV. */
export async function readForeignFile(
  file: string,
  asked: string | undefined,
): Promise<ForeignRows> {
  const format = asked ?? (await guessFormat(file));
  if (format === 'csv') return { rows: readCsv(await readBytes(file)), remarks: [] };
  try {
    const { people, remarks } = await readKind(file, format);
    if (people.length === 0) throw new UnreadableUsers(`nobody is in it, read as ${format}`);
    if (people.length > IMPORT_MAX_ROWS)
      throw new UnreadableUsers(`more than ${IMPORT_MAX_ROWS} people: split it`);
    return { rows: toImportRows(people), remarks };
  } catch (cause) {
    if (cause instanceof UnreadableUsers) throw new Refusal(`${file}: ${cause.message}`, { cause });
    throw cause;
  }
}

async function readKind(file: string, format: string): Promise<ForeignReading> {
  if (format === 'prosody') return readProsodyAccounts(await readAccounts(file));
  const read = Object.entries(TEXTS).find(([name]) => name === format)?.[1];
  if (!read) throw new UsageError(`--from must be one of ${FORMATS.join(', ')}`);
  return read((await readBytes(file)).toString('utf8'));
}

async function guessFormat(file: string): Promise<string> {
  if ((await onDisk(file, () => stat(file))).isDirectory() || file.endsWith('.dat'))
    return 'prosody';
  const kinds = { '.csv': 'csv', '.ldif': 'ldif', '.json': 'keycloak' };
  const named = Object.entries(kinds).find(([ending]) => file.toLowerCase().endsWith(ending))?.[1];
  if (named !== undefined) return named;
  if (/htpasswd/i.test(path.basename(file))) return 'htpasswd';
  throw new UsageError(`what kind of file is ${file}? Say --from ${FORMATS.join('|')}`);
}

async function readAccounts(file: string): Promise<AccountFile[]> {
  const isFolder = (await onDisk(file, () => stat(file))).isDirectory();
  const folder = isFolder ? file : path.dirname(file);
  const names = isFolder
    ? (await readdir(folder)).filter((name) => name.endsWith('.dat')).sort()
    : [path.basename(file)];
  const accounts: AccountFile[] = [];
  // One after the other: a large server has more of them than a process may open.
  for (const name of names) {
    const bytes = await readBytes(path.join(folder, name));
    accounts.push({ name, text: bytes.toString('utf8') });
  }
  return accounts;
}

async function readBytes(file: string): Promise<Buffer> {
  const bytes = await onDisk(file, () => readFile(file));
  if (bytes.length > IMPORT_MAX_BYTES * 10)
    throw new Refusal(`${file} has more than ${(IMPORT_MAX_BYTES * 10) / 2 ** 20} MB: split it`);
  return bytes;
}

async function onDisk<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal(`${file} cannot be read: ${reason}`, { cause });
  }
}
