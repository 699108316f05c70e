/**
 * Issuers between their two forms: as the file declares them, and as they are remembered.
 *
 * @module
 */
import { DEFAULT_MAPPING, type Issuer, type RoomPolicy, type RoomRules } from '../issuer.ts';
import { newIssuer } from '../new-issuer.ts';
import { fromClient, toClient } from './client-entry.ts';
import type { IssuerEntry, RoomEntry } from './schema.ts';

/** What is made with an issuer and kept afterwards, whatever the file leaves out. */
export type Kept = Pick<Issuer, 'id' | 'iss' | 'weakSecret' | 'createdAt'>;

const publicUrl = new URL('http://localhost');
const DEFAULTS = newIssuer({ id: '', slug: '', publicUrl, now: new Date(0) });

/** Keys that are the same in both forms, and may be left out. */
const PLAIN = [
  'serverUrl',
  'sub',
  'xmppDomain',
  'rsaBits',
  'keyRotationDays',
  'tokenTtlSeconds',
  'nbfSkewSeconds',
  'delivery',
  'skipPrejoin',
  'anyRoom',
] as const satisfies (keyof Issuer & keyof IssuerEntry)[];

/** The issuer as the file says it: what it leaves out has the default. */
export function toIssuer(entry: IssuerEntry, kept: Kept): Issuer {
  const plain = PLAIN.map((key) => [key, entry[key] ?? DEFAULTS[key]] as const);
  return {
    ...DEFAULTS,
    ...kept,
    ...Object.fromEntries(plain),
    slug: entry.slug,
    name: entry.name ?? entry.slug,
    iss: entry.iss ?? kept.iss,
    appId: entry.appId ?? DEFAULTS.appId,
    algorithm: entry.algorithm ?? DEFAULTS.algorithm,
    ...toRules(entry),
    useRule: entry.useRule,
    mapping: toMapping(entry.mapping),
    extraClaims: entry.extraClaims ?? {},
    group: entry.group,
    rooms: (entry.rooms ?? []).map((room) => ({ match: room.match, ...toRules(room) })),
    clients: (entry.clients ?? []).map(toClient),
  };
}

/** The shortest entry that stands for this issuer; its secret is left out. */
export function fromIssuer(issuer: Issuer): IssuerEntry {
  const { slug, name, iss, appId, algorithm, useRule, mapping, extraClaims, rooms, clients } =
    issuer;
  const plain = PLAIN.filter((key) => issuer[key] !== DEFAULTS[key]);
  return {
    slug,
    name,
    iss,
    appId,
    algorithm,
    ...(issuer.weakSecret ? { carriedOverSecret: true } : {}),
    ...Object.fromEntries(plain.map((key) => [key, issuer[key]])),
    useRule,
    ...fromRules(issuer),
    ...(sameMapping(mapping, DEFAULT_MAPPING) ? {} : { mapping: { ...mapping } }),
    ...(Object.keys(extraClaims).length > 0 ? { extraClaims: { ...extraClaims } } : {}),
    ...(issuer.group === undefined ? {} : { group: issuer.group }),
    ...(rooms.length > 0 ? { rooms: rooms.map(fromRoom) } : {}),
    ...(clients.length > 0 ? { clients: clients.map(fromClient) } : {}),
  };
}

/** All that can be declared, defaults too, by the names of the file: for a difference. */
export function describeIssuer(issuer: Issuer): object {
  const { id: _id, createdAt: _at, weakSecret: _weak, lobbyBypass, ...same } = issuer;
  return {
    ...same,
    lobby: { bypass: lobbyBypass },
    rooms: issuer.rooms.map(fromRoom),
    clients: issuer.clients,
  };
}

function fromRoom(room: RoomPolicy): RoomEntry {
  const { match, useRule } = room;
  return { match, ...(useRule === undefined ? {} : { useRule }), ...fromRules(room) };
}

function toRules(entry: Partial<RoomEntry>): RoomRules {
  return {
    useRule: entry.useRule,
    moderatorRule: entry.moderatorRule,
    features: entry.features,
    lobbyBypass: entry.lobby?.bypass,
  };
}

/** All but the use rule, which an issuer must have. */
function fromRules({ moderatorRule, features, lobbyBypass }: RoomRules) {
  return {
    ...(moderatorRule === undefined ? {} : { moderatorRule }),
    ...(features === undefined ? {} : { features: { ...features } }),
    ...(lobbyBypass === undefined ? {} : { lobby: { bypass: lobbyBypass } }),
  };
}

function toMapping(entry: IssuerEntry['mapping']): Issuer['mapping'] {
  if (!entry) return DEFAULT_MAPPING;
  const { id, name, email, avatar } = entry;
  return {
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
    ...(avatar === undefined ? {} : { avatar }),
  };
}

function sameMapping(a: Issuer['mapping'], b: Issuer['mapping']): boolean {
  return a.id === b.id && a.name === b.name && a.email === b.email && a.avatar === b.avatar;
}
