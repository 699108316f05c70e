/**
 * An address of a meeting, read as jitsi-meet reads it (`base/util/uri.ts`,
 * `base/util/parseURLParams.ts`), and the address it sends people to for their token
 * (`authentication/functions.any.ts`).
 *
 * @module
 */
import type { Json } from '../domain/prosody/json.ts';
import { canonicalRoom } from '../domain/room.ts';

export interface Visit {
  /** As in the address bar, percent-encoded. */
  readonly room: string;
  /** As in the room's JID. */
  readonly roomSafe: string;
  /** As people read it. */
  readonly roomName: string;
  readonly tenant: string | undefined;
  readonly token: string | undefined;
  readonly carriedBy: 'query' | 'fragment' | undefined;
  /** `config.*` and `interfaceConfig.*` of the fragment. */
  readonly overrides: Readonly<Record<string, Json>>;
}

/** @throws {DomainError} `room_missing`, `room_invalid`. */
export function readVisit(address: URL): Visit {
  const parts = address.pathname.split('/').filter((part) => part !== '');
  const room = parts.at(-1) ?? '';
  const { safe, canonical } = canonicalRoom(room);
  const fragment = readFragment(address.hash);
  const inFragment = fragment['jwt'];
  const inQuery = address.searchParams.get('jwt') ?? undefined;
  const isInFragment = typeof inFragment === 'string';

  return {
    room,
    roomSafe: safe,
    roomName: canonical,
    tenant: parts.at(-2),
    token: isInFragment ? inFragment : inQuery,
    carriedBy: isInFragment ? 'fragment' : inQuery === undefined ? undefined : 'query',
    overrides: Object.fromEntries(
      Object.entries(fragment).filter(([name]) => /^(?:config|interfaceConfig)\./.test(name)),
    ),
  };
}

/** Every value is JSON; one that is not is passed over. */
function readFragment(hash: string): Readonly<Record<string, Json>> {
  const entries = hash
    .replace(/^#/, '')
    .split('&')
    .flatMap((pair): [string, Json][] => {
      const [name = '', ...rest] = pair.split('=');
      try {
        return [[name, JSON.parse(decodeURIComponent(rest.join('='))) as Json]];
      } catch {
        return [];
      }
    });
  return Object.fromEntries(entries);
}

/** What jitsi-meet puts into `state`. */
export function stateOf(visit: Visit): Readonly<Record<string, Json>> {
  const { room, roomSafe, tenant, overrides } = visit;
  return {
    ...overrides,
    room,
    roomSafe,
    ...(tenant === undefined ? {} : { tenant }),
    'config.prejoinConfig.enabled': false,
  };
}

/** Fills the template's places in, each once; the room goes in as it is. */
export function tokenAuthUrl(template: string, visit: Visit): string {
  const state = encodeURIComponent(JSON.stringify(stateOf(visit)));
  return template.replace('{room}', () => visit.room).replace('{state}', () => state);
}
