/**
 * Pictures we take from others and serve as our own: of four kinds, told by their first bytes and by
 * nothing else. SVG is a document that runs scripts, and none of them.
 *
 * @module
 */
export const PICTURE_MAX_BYTES = 1024 * 1024;

export type PictureType = 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp';

export interface Picture {
  readonly type: PictureType;
  readonly bytes: Uint8Array;
}

/** Type → what stands where; `undefined` is any byte. */
const BEGINNINGS: readonly (readonly [PictureType, readonly (number | undefined)[]])[] = [
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/png', bytesOf('\u0089PNG\r\n\u001a\n')],
  ['image/gif', bytesOf('GIF87a')],
  ['image/gif', bytesOf('GIF89a')],
  ['image/webp', [...bytesOf('RIFF'), ...Array<undefined>(4).fill(undefined), ...bytesOf('WEBP')]],
];

/** `undefined` for what is none, or too large. */
export function readPicture(bytes: Uint8Array | undefined): Picture | undefined {
  if (!bytes || bytes.length > PICTURE_MAX_BYTES) return undefined;
  const found = BEGINNINGS.find(([, beginning]) =>
    beginning.every((byte, index) =>
      byte === undefined ? index < bytes.length : byte === bytes[index],
    ),
  );
  return found && { type: found[0], bytes };
}

/** @param address 43 characters. */
export function pictureUrl({ origin }: URL, address: string): string {
  return `${origin}/avatars/${address}`;
}

/** The local path, when the picture is one of ours: pages of ours show no other. */
export function ownPicture(publicUrl: URL, avatarUrl: string | undefined): string | undefined {
  const isOwn = avatarUrl?.startsWith(pictureUrl(publicUrl, ''));
  return isOwn ? avatarUrl?.slice(publicUrl.origin.length) : undefined;
}

function bytesOf(text: string): number[] {
  return Array.from(text, (character) => character.charCodeAt(0));
}
