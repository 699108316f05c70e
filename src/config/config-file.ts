/**
 * Reads a configuration file (YAML 1.2, so JSON too) and finds every mistake in it, with its line.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type Document, LineCounter, parseDocument } from 'yaml';
import { checkIssuerEntry } from '../domain/config-file/check-issuer-entry.ts';
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
  const issuers = file.issuers && secrets.issuers;
  const all = [
    ...mistakes,
    ...secrets.mistakes,
    ...secrets.issuers.flatMap((issuer) => checkIssuerEntry(issuer)),
  ];
  return {
    file: issuers ? { ...file, issuers } : file,
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

/** Puts the content of each `secretFile` in its place as `secret`. */
function readSecrets(issuers: ConfigFile['issuers'] = [], folder: string) {
  const mistakes: FileMistake[] = [];
  const read = issuers.map(({ index, entry }): Placed<IssuerEntry> => {
    const at = ['issuers', index];
    const withSecret = readSecret(entry, { at, folder, mistakes });
    if (!entry.clients) return { index, entry: withSecret };
    const clients = entry.clients.map((client, nth) =>
      readSecret(client, { at: [...at, 'clients', nth], folder, mistakes }),
    );
    return { index, entry: { ...withSecret, clients } };
  });
  return { issuers: read, mistakes };
}

interface SecretPlace {
  readonly at: FileMistake['path'];
  readonly folder: string;
  readonly mistakes: FileMistake[];
}

function readSecret<Entry extends { secret?: string | undefined; secretFile?: string | undefined }>(
  entry: Entry,
  { at, folder, mistakes }: SecretPlace,
): Entry {
  const { secretFile } = entry;
  if (secretFile === undefined) return entry;
  const path = [...at, 'secretFile'];
  if (entry.secret !== undefined) {
    mistakes.push(wrongValue(path, 'secret and secretFile are both given: keep one of them'));
    return entry;
  }
  try {
    return { ...entry, secret: readFileSync(resolve(folder, secretFile), 'utf8').trim() };
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    mistakes.push(wrongValue(path, `cannot be read: ${cause}`));
    return entry;
  }
}
