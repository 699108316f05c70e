/**
 * The join: does the token fit the room, and the tenant it is in.
 *
 * @module
 */
import { type Finding, hangs, type Line, ok, refused, skipped } from './finding.ts';
import type { Join, PluginVersion, ProsodyHost } from './host.ts';
import { asciiLower, field, isTruthy, type Json, type JsonObject, luaText } from './json.ts';
import { luaMatch } from './lua-pattern.ts';
import { checkSub, checkTenant, type Target } from './tenant.ts';

interface Visit {
  readonly claims: JsonObject;
  readonly host: ProsodyHost;
  readonly join: Join;
  readonly version: PluginVersion;
}

/** The room's JID before the `@`: `[tenant]room`. JIDs are lower case. */
export function roomNode({ tenant, room }: Join): string {
  return (tenant === undefined || tenant === '' ? room : `[${tenant}]${room}`).toLowerCase();
}

function targetOf(join: Join): Target {
  const node = roomNode(join);
  const [, tenant, room] = /^\[([^\]]+)\](.+)$/s.exec(node) ?? [];
  return tenant === undefined || room === undefined ? { room: node } : { tenant, room };
}

/** What holds for everybody, token or not. */
export function checkRoomItself(join: Join): readonly Finding[] {
  const line: Line = { name: 'room', seen: roomNode(join), wanted: 'a room jicofo has made' };
  if (join.room === '') return [refused(line, 'room', 'Room address is invalid')];
  return join.roomExists === false ? [refused(line, 'room', 'Room does not exist')] : [];
}

export function checkRoom(visit: Visit): readonly Finding[] {
  const { claims, host, join } = visit;
  const line: Line = { name: 'room', seen: field(claims, 'room'), wanted: roomNode(join) };
  const claim = field(claims, 'room');
  const isText = typeof claim === 'string' || typeof claim === 'number';
  if (isTruthy(claim) && !isText) return [hangs(line, 'join', 'room_odd')];
  const room = isText ? asciiLower(luaText(claim)) : undefined;

  if (host.enableDomainVerification) return checkStrictly(visit, line, room);
  return [checkLoosely(line, room, isRegex(claims)), subIgnored(claims)];
}

/** Without domain verification the room alone counts, in whatever tenant. */
function checkLoosely(line: Line, room: string | undefined, regex: boolean): Finding {
  if (room === undefined) return ok(line, line.seen === false ? 'room_odd' : 'any_room');
  if (room === '*') return ok(line, 'any_room');
  const fits = line.wanted === room || line.wanted.endsWith(`]${room}`);
  if (fits) return ok(line, regex ? 'regex_ignored' : undefined);
  return refused(line, 'room', 'Room does not match the room from token');
}

function checkStrictly(visit: Visit, line: Line, room: string | undefined): readonly Finding[] {
  const { claims, host, join, version } = visit;
  const target = targetOf(join);
  const resolved = resolve(room, target.room, isRegex(claims));
  if (resolved.outcome === 'too_costly') return [hangs(line, 'join', 'room_pattern_costly')];
  if (resolved.outcome === 'malformed')
    return [
      version < '2026-08'
        ? hangs(line, 'join', 'room_pattern_bad')
        : refused(line, 'room', 'invalid-regex'),
    ];
  if (resolved.outcome === 'no_match') return [unresolved(line, room, host), subIgnored(claims)];

  const fits = resolved.text === target.room;
  return [
    ...checkTenant(claims, join),
    checkSub(field(claims, 'sub'), target, host.xmppDomain),
    fits
      ? ok(line, room === '*' ? 'any_room' : undefined)
      : refused(line, 'room', 'Room and token mismatched'),
  ];
}

function subIgnored(claims: JsonObject): Finding {
  const sub = field(claims, 'sub');
  const isOdd = sub !== undefined && typeof sub !== 'string';
  const line: Line = { name: 'sub', seen: sub, wanted: 'not compared' };
  return skipped(line, isOdd ? 'sub_odd' : undefined);
}

/** The room the token stands for, once `*` and the pattern have been applied. */
function resolve(room: string | undefined, target: string, regex: boolean) {
  if (room === '*') return { outcome: 'match', text: target } as const;
  if (room === undefined)
    return regex ? ({ outcome: 'malformed' } as const) : ({ outcome: 'no_match' } as const);
  return regex ? luaMatch(target, room) : ({ outcome: 'match', text: room } as const);
}

/** No room to compare: enough where a room claim is not required, whatever the sub. */
function unresolved(line: Line, room: string | undefined, host: ProsodyHost): Finding {
  if (host.asapRequireRoomClaim)
    return refused(line, 'room', 'Room name cannot be matched to the one from token.');
  return ok(line, room === undefined ? 'any_room' : 'pattern_ignored');
}

function isRegex(claims: JsonObject): boolean {
  const regex: Json | undefined = field(field(field(claims, 'context'), 'room'), 'regex');
  return regex === true || regex === 'true';
}
