/**
 * One issuer as a form or a machine gives it: read and checked as an entry of a file would be.
 *
 * @module
 */
import type { InputIssue } from '../errors.ts';
import { checkIssuerEntry } from './check-issuer-entry.ts';
import { type FileMistake, type FilePath, printPath } from './mistake.ts';
import { readConfig } from './read.ts';
import type { IssuerEntry, Placed } from './schema.ts';
import { isRecord } from './unknown-keys.ts';

export interface IssuerReading {
  /** What is right of it, even beside mistakes; nothing when it is no map of fields. */
  readonly placed: Placed<IssuerEntry> | undefined;
  readonly mistakes: readonly FileMistake[];
}

/** @param fields By the names of the configuration file. A file of ours is not theirs to name. */
export function readIssuer(fields: Readonly<Record<string, unknown>>): IssuerReading {
  const { file, mistakes } = readConfig({ issuers: [fields] });
  const [placed] = file.issuers ?? [];
  const more = placed ? checkIssuerEntry(placed) : [];
  return { placed, mistakes: [...namedFiles(fields), ...mistakes, ...more] };
}

function namedFiles({ clients, ...own }: Readonly<Record<string, unknown>>): FileMistake[] {
  const entries: readonly (readonly [FilePath, unknown])[] = [
    [AT, own],
    ...(Array.isArray(clients) ? (clients as unknown[]) : []).map(
      (client, nth) => [[...AT, 'clients', nth], client] as const,
    ),
  ];
  return entries.flatMap(([at, entry]) =>
    isRecord(entry) && Object.hasOwn(entry, 'secretFile')
      ? [
          {
            path: [...at, 'secretFile'],
            message: 'is for configuration files alone',
            about: 'key' as const,
          },
        ]
      : [],
  );
}

const AT = ['issuers', 0] as const;

/** With the path as of the issuer alone: `rooms[2].useRule`. */
export function toIssue({ path, message, hint, offset }: FileMistake): InputIssue {
  // A required field that is missing is told of the whole entry: "useRule is required".
  const missing = path.length === AT.length ? /^(\w+) is required$/.exec(message)?.[1] : undefined;
  return { path: missing ?? printPath(path.slice(AT.length)), message, hint, offset };
}
