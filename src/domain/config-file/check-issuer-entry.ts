/**
 * What the shape of an issuer's entry cannot say: its rules, its secret, its room policies.
 *
 * @module
 */
import { faultText } from '../faults.ts';
import { isHs, minimumSecretBytes } from '../issuer.ts';
import { compileIssuer } from '../rules/check-issuer.ts';
import { checkClientEntries } from './check-client-entries.ts';
import { toIssuer } from './issuer-entry.ts';
import { type FileMistake, type FilePath, wrongValue } from './mistake.ts';
import type { IssuerEntry, Placed } from './schema.ts';

/** Rules do not depend on what is made with an issuer. */
const ANY = { id: '', iss: '', weakSecret: false, createdAt: new Date(0) };

export function checkIssuerEntry({ index, entry }: Placed<IssuerEntry>): FileMistake[] {
  const at: FilePath = ['issuers', index];
  const issuer = toIssuer(entry, ANY);
  const compilation = compileIssuer(issuer);
  const mistakes = compilation.ok
    ? []
    : compilation.errors.map(({ path, message, hint, start }): FileMistake => {
        const inFile = [...at, ...toFilePath(path)];
        return { path: inFile, message, hint, about: 'value', offset: start };
      });
  return [
    ...mistakes,
    ...checkSecret(entry, at),
    ...checkRotation(entry, at),
    ...checkRooms(entry, at),
    ...checkClientEntries(entry, at),
  ];
}

function checkSecret(entry: IssuerEntry, at: FilePath): FileMistake[] {
  const { secret, secretFile, carriedOverSecret = false } = entry;
  const path = [...at, secretFile === undefined ? 'secret' : 'secretFile'];
  if (secret === undefined) return [];
  const algorithm = entry.algorithm ?? 'RS256';
  if (!isHs(algorithm)) return [wrongValue(path, faultText('secret_unwanted', { algorithm }))];

  const bytes = new TextEncoder().encode(secret).length;
  const wanted = minimumSecretBytes(algorithm);
  if (bytes >= wanted || (carriedOverSecret && bytes > 0)) return [];
  const message = faultText('secret_short', { algorithm, bytes, wanted });
  return [wrongValue(path, message, faultText('hint_make_secret', { bytes: wanted }))];
}

function checkRotation({ algorithm, keyRotationDays }: IssuerEntry, at: FilePath): FileMistake[] {
  if (keyRotationDays === undefined || algorithm === undefined || !isHs(algorithm)) return [];
  return [wrongValue([...at, 'keyRotationDays'], faultText('no_keys', { algorithm }))];
}

function checkRooms({ rooms = [] }: IssuerEntry, at: FilePath): FileMistake[] {
  return rooms.flatMap(({ match }, index) => {
    const first = rooms.findIndex((room) => room.match === match);
    if (first === index) return [];
    const message = faultText('match_twice', { index: first });
    return [wrongValue([...at, 'rooms', index, 'match'], message, faultText('hint_first_counts'))];
  });
}

/** `rooms[2].features.recording`; what follows `extraClaims.` is one key, dots and all. */
function toFilePath(path: string): FilePath {
  const room = /^rooms\[(\d+)\]\.(.+)$/.exec(path);
  if (room) return ['rooms', Number(room[1]), ...toFilePath(room[2] ?? '')];
  const dot = path.indexOf('.');
  return dot < 0 ? [path] : [path.slice(0, dot), path.slice(dot + 1)];
}
