/**
 * A person on the way into a room: what the Jitsi door was asked, and the address at which that
 * can be asked again after the sign-in.
 *
 * @module
 */
import { DomainError } from './errors.ts';
import type { ConfigEntry } from './jitsi-config.ts';
import { type JitsiApp, parseJitsiState } from './jitsi-state.ts';
import { rawQueryValue } from './raw-query.ts';
import { canonicalRoom, type Room } from './room.ts';
import { MAIN_SLUG } from './slug.ts';

export interface JitsiEntry {
  /** Of the issuer. */
  readonly slug: string;
  readonly room: Room;
  /** Canonical. */
  readonly tenant: string | undefined;
  /** What the meeting was opened with. */
  readonly config: readonly ConfigEntry[];
  /** The app to return to. */
  readonly app: JitsiApp | undefined;
}

/** A longer address than this is cut down to what the token depends on. */
const MAX_PATH = 6000;

/**
 * Reads the parameters of a login address. `room` wins; the state's room counts only without it.
 *
 * @param parameters `room` still percent-encoded (see `rawQueryValue`), `state` decoded.
 * @throws {DomainError} `room_missing`, `room_invalid`, `tenant_invalid`, `input_invalid`.
 */
export function readJitsiEntry(
  slug: string,
  { room, state }: { room?: string | undefined; state?: string | undefined },
): JitsiEntry {
  const parsed = state === undefined ? undefined : parseJitsiState(state);
  const name = room ?? parsed?.room ?? parsed?.roomSafe;
  if (name === undefined) throw new DomainError('room_missing', undefined);
  return {
    slug,
    room: canonicalRoom(name),
    tenant: parsed?.tenant,
    config: parsed?.config ?? [],
    app: parsed?.app,
  };
}

/** Our own address of this entry: a local path that `parseEntryPath` reads back. */
export function entryPath(entry: JitsiEntry): string {
  const whole = pathWith(entry, entry.config);
  return whole.length <= MAX_PATH ? whole : pathWith(entry, []);
}

/** What a local path of ours leads to, if it is a room. */
export function parseEntryPath(path: string): JitsiEntry | undefined {
  const url = URL.parse(path, 'http://local.invalid');
  const match = url && /^\/jitsi\/(?:([a-z0-9-]{1,40})\/)?login$/.exec(url.pathname);
  if (!match) return undefined;
  try {
    return readJitsiEntry(match[1] ?? MAIN_SLUG, {
      room: rawQueryValue(url.search.slice(1), 'room'),
      state: url.searchParams.get('state') ?? undefined,
    });
  } catch (error) {
    if (error instanceof DomainError) return undefined;
    throw error;
  }
}

function pathWith({ slug, room, tenant, app }: JitsiEntry, config: readonly ConfigEntry[]): string {
  const state = {
    ...Object.fromEntries(config),
    ...(tenant === undefined ? {} : { tenant }),
    ...(app === undefined ? {} : { [app]: true }),
  };
  const door = slug === MAIN_SLUG ? '/jitsi/login' : `/jitsi/${slug}/login`;
  const path = `${door}?room=${room.path}`;
  if (Object.keys(state).length === 0) return path;
  return `${path}&state=${encodeURIComponent(JSON.stringify(state))}`;
}
