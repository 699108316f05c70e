/**
 * Reads a configuration file (YAML 1.2, so JSON too) and finds every mistake in it, with its line.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { checkIssuerEntry } from '../domain/config-file/check-issuer-entry.ts';
import { checkUpstreamEntry } from '../domain/config-file/check-upstream-entry.ts';
import { type FileMistake, wrongValue } from '../domain/config-file/mistake.ts';
import { readConfig } from '../domain/config-file/read.ts';
import type { ConfigFile, IssuerEntry, Placed } from '../domain/config-file/schema.ts';
import { locate } from './locate.ts';

/** A mistake where an editor can find it; lines and columns are counted from 1. */
export interface LocatedMistake {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly path: FileMistake['path'];
}

export interface ConfigSource {
  /** What is right in it, even beside mistakes. */
  readonly file: ConfigFile;
  readonly mistakes: readonly LocatedMistake[];
  /** Finds the place of a mistake that only the database could tell. */
  locate(mistake: FileMistake): LocatedMistake;
}

/** @param folder Where a relative `secretFile` is looked for. */
export function parseConfigFile(text: string, folder: string): ConfigSource {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const place = (mistake: FileMistake): LocatedMistake => {
    const { line, column } = locate(mistake, { document, lineCounter, text });
    const { path, message, hint } = mistake;
    return { line, column, path, message, hint };
  };

  const data = toData(document);
  if (!data.ok) {
    const mistakes = data.errors.map(({ message, offset }) => {
      const { line, col } = lineCounter.linePos(offset);
      return { line, column: col, message, path: [] };
    });
    return { file: {}, mistakes, locate: place };
  }

  const { file, mistakes } = readConfig(data.value);
  const secrets = readSecrets(file.issuers, folder);
  const ofUpstreams = readUpstreamSecrets(file.upstreams, folder);
  const all = [
    ...mistakes,
    ...secrets.mistakes,
    ...ofUpstreams.mistakes,
    ...secrets.issuers.flatMap((issuer) => checkIssuerEntry(issuer)),
    ...ofUpstreams.upstreams.flatMap((upstream) => checkUpstreamEntry(upstream)),
  ];
  return {
    file: {
      ...file,
      ...(file.issuers ? { issuers: secrets.issuers } : {}),
      ...(file.upstreams ? { upstreams: ofUpstreams.upstreams } : {}),
    },
    mistakes: all.map(place).sort((a, b) => a.line - b.line || a.column - b.column),
    locate: place,
  };
}

export function readConfigFile(path: string): ConfigSource {
  return parseConfigFile(readFileSync(path, 'utf8'), dirname(resolve(path)));
}

type Data =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly errors: readonly { message: string; offset: number }[] };

function toData(document: Document.Parsed): Data {
  const errors = document.errors.map(({ message, pos }) => ({ message, offset: pos[0] }));
  if (errors.length > 0) return { ok: false, errors };
  try {
    return { ok: true, value: document.toJS({ maxAliasCount: 100 }) };
  } catch (error) {
    // An alias without an anchor, or aliases that multiply.
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, errors: [{ message, offset: 0 }] };
  }
}

/** Puts the content of each file a secret is in, in the place of its name. */
function readSecrets(issuers: ConfigFile['issuers'] = [], folder: string) {
  const mistakes: FileMistake[] = [];
  const read = issuers.map(({ index, entry }): Placed<IssuerEntry> => {
    const at = ['issuers', index];
    const withSecret = readNamed(entry, ['secret'], { at, folder, mistakes });
    if (!entry.clients) return { index, entry: withSecret };
    const clients = entry.clients.map((client, nth) =>
      readNamed(client, ['secret'], { at: [...at, 'clients', nth], folder, mistakes }),
    );
    return { index, entry: { ...withSecret, clients } };
  });
  return { issuers: read, mistakes };
}

const OF_UPSTREAMS = ['clientSecret', 'privateKey', 'bindPassword', 'ca'] as const;

function readUpstreamSecrets(upstreams: ConfigFile['upstreams'] = [], folder: string) {
  const mistakes: FileMistake[] = [];
  const read = upstreams.map(({ index, entry }) => {
    const place = { at: ['upstreams', index], folder, mistakes };
    return { index, entry: readNamed(entry, OF_UPSTREAMS, place) };
  });
  return { upstreams: read, mistakes };
}

interface SecretPlace {
  readonly at: FileMistake['path'];
  readonly folder: string;
  readonly mistakes: FileMistake[];
}

type WithFiles<Key extends string> = { [K in Key | `${Key}File`]?: string | undefined };

function readNamed<Key extends string, Entry extends WithFiles<Key>>(
  entry: Entry,
  keys: readonly Key[],
  place: SecretPlace,
): Entry {
  return keys.reduce((read, key) => ({ ...read, ...readOne(entry, key, place) }), entry);
}

function readOne<Key extends string>(
  entry: WithFiles<Key>,
  key: Key,
  { at, folder, mistakes }: SecretPlace,
): { [K in Key]?: string } {
  const name: `${Key}File` = `${key}File`;
  const file: string | undefined = entry[name];
  if (file === undefined) return {};
  const path = [...at, name];
  if (entry[key] !== undefined) {
    mistakes.push(wrongValue(path, `${key} and ${name} are both given: keep one of them`));
    return {};
  }
  try {
    return { [key]: readFileSync(resolve(folder, file), 'utf8').trim() } as { [K in Key]: string };
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    mistakes.push(wrongValue(path, `cannot be read: ${cause}`));
    return {};
  }
}
