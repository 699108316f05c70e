import { readPicture } from '../picture.ts';
import { type DirectoryEntry, valuesOf } from './entry.ts';

/** The first value that is a picture we keep. */
export function pictureOf(
  entry: DirectoryEntry,
  attribute: string | undefined,
): Uint8Array | undefined {
  if (attribute === undefined) return undefined;
  return valuesOf(entry, attribute).find(
    (value): value is Uint8Array => typeof value !== 'string' && readPicture(value) !== undefined,
  );
}
