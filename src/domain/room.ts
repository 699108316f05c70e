/**
 * Room names, computed as jitsi-meet computes them.
 *
 * A room is a name, never a URL. The steps are those of jitsi-meet's `base/util/uri.ts`: the path
 * part loses some characters, is decoded, normalised (NFKC) and lower-cased; encoded and
 * lower-cased again it is `roomSafe`, the name Prosody compares with the token's `room`.
 *
 * @module
 */
import { DomainError } from './errors.ts';

export interface Room {
  /** Decoded: what rules and room policies read, and people see. */
  readonly canonical: string;
  /** jitsi-meet's `roomSafe`: the token's `room`. */
  readonly safe: string;
  /** The name as it was typed, percent-encoded so that jitsi-meet reads this very room from it. */
  readonly path: string;
}

/** Where nobody enters a room, as at a wiki: rules and policies read an empty name. */
export const NO_ROOM: Room = { canonical: '', safe: '', path: '' };

/** UTF-16 units of a canonical name. */
const MAX_CHARACTERS = 200;
/** `[tenant]safe` is the local part of a JID, which holds 1023 bytes (RFC 7622, section 3.3). */
const MAX_SAFE_CHARACTERS = 900;

/** What jitsi-meet takes out of a path part (`_fixPathPart`), but for the slash. */
const STRIPPED = /[:?#[\]@!$&'()*+,;=><"]/g;
/** Would be a path, a wildcard (`*` is any room), or a tenant's prefix (`[tenant]room`). */
const FORBIDDEN = /[/\\?#[\]*\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;
const LEFT_BY_ENCODE = /[!'()*]/g;

/**
 * Reads a room's name from the path part or parameter that holds it.
 *
 * @throws {DomainError} `room_missing`, `room_invalid`.
 */
export function canonicalRoom(raw: string): Room {
  if (raw === '') throw new DomainError('room_missing', undefined);
  if (/[/\\]/.test(raw)) throw invalid();

  const decoded = decode(raw.replace(STRIPPED, ''));
  const canonical = decoded.normalize('NFKC').toLowerCase();
  if (canonical.trim() === '' || canonical === '.' || canonical === '..') throw invalid();
  if (canonical.length > MAX_CHARACTERS || FORBIDDEN.test(canonical)) throw invalid();

  const safe = encodeURIComponent(canonical).toLowerCase();
  if (safe.length > MAX_SAFE_CHARACTERS || FORBIDDEN.test(decoded)) throw invalid();
  return { canonical, safe, path: encodePathPart(decoded) };
}

/**
 * The room of a canonical name that was kept: the very one it was the name of.
 *
 * @throws {DomainError} `room_missing`, `room_invalid`.
 */
export function roomNamed(canonical: string): Room {
  return canonicalRoom(encodePathPart(canonical));
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new DomainError('room_invalid', undefined, { cause });
  }
}

/** Also encodes what jitsi-meet would otherwise strip from the address. */
function encodePathPart(name: string): string {
  return encodeURIComponent(name).replace(
    LEFT_BY_ENCODE,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
}

function invalid(): DomainError<'room_invalid'> {
  return new DomainError('room_invalid', undefined);
}
