import type { DirectoryEntry } from './entry.ts';
import { valuesOf } from './entry.ts';

const PICTURE_MAX_BYTES = 1024 * 1024;

const JPEG = [0xff, 0xd8, 0xff];
const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The first value that begins as JPEG or PNG do, and is no larger than we keep. */
export function pictureOf(
  entry: DirectoryEntry,
  attribute: string | undefined,
): Uint8Array | undefined {
  if (attribute === undefined) return undefined;
  return valuesOf(entry, attribute).find(
    (value): value is Uint8Array =>
      typeof value !== 'string' &&
      value.length <= PICTURE_MAX_BYTES &&
      [JPEG, PNG].some((magic) => magic.every((byte, at) => value[at] === byte)),
  );
}
