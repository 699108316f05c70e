/**
 * `sub` and `context.tenant`, looked at only with domain verification.
 *
 * @module
 */
import { type Finding, hangs, type Line, ok, refused } from './finding.ts';
import type { Join } from './host.ts';
import { asciiLower, field, isTruthy, type Json, type JsonObject, luaText } from './json.ts';

export interface Target {
  readonly tenant?: string;
  readonly room: string;
}

/** `*`, the tenant in a tenant's room, the XMPP domain elsewhere. */
export function checkSub(sub: Json | undefined, target: Target, xmppDomain: string): Finding {
  const wanted = target.tenant ?? xmppDomain.toLowerCase();
  const line: Line = { name: 'sub', seen: sub, wanted: `* or ${wanted}` };
  if (sub === undefined) return hangs(line, 'join', 'sub_missing');
  if (typeof sub !== 'string' && typeof sub !== 'number') return hangs(line, 'join', 'sub_odd');

  const domain = asciiLower(luaText(sub));
  return domain === '*' || domain === wanted
    ? ok(line)
    : refused(line, 'room', 'Room and token mismatched');
}

/** A tenant that differs is only noted, unless the room is closed to people without a token. */
export function checkTenant(claims: JsonObject, join: Join): readonly Finding[] {
  const tenant = field(field(claims, 'context'), 'tenant');
  if (!isTruthy(tenant)) return [];
  const line: Line = { name: 'tenant', seen: tenant, wanted: join.tenant ?? 'no tenant' };
  if (typeof tenant !== 'string' && typeof tenant !== 'number')
    return [hangs(line, 'join', 'tenant_odd')];

  if (asciiLower(luaText(tenant)) === join.tenant) return [ok(line)];
  return join.allowUnauthenticatedAccess === false
    ? [refused(line, 'room', 'Room and token mismatched')]
    : [ok(line, 'tenant_mismatch')];
}
