/**
 * The registered claims, in the plugin's order. No leeway anywhere: a clock one second off is
 * enough.
 *
 * @module
 */
import { type Finding, hangs, type Line, ok, refused, skipped } from './finding.ts';
import {
  acceptedAudiences,
  acceptedIssuers,
  type PluginVersion,
  type ProsodyHost,
} from './host.ts';
import { field, isTruthy, type Json, type JsonObject, luaText } from './json.ts';

export function checkClaims(claims: JsonObject, host: ProsodyHost, now: Date): readonly Finding[] {
  const seconds = Math.floor(now.getTime() / 1000);
  const exp = field(claims, 'exp');
  const nbf = field(claims, 'nbf');
  return [
    ...mustBeNumber({ name: 'exp', seen: exp, wanted: 'a number' }),
    ...mustBeNumber({ name: 'nbf', seen: nbf, wanted: 'a number' }),
    checkExp(exp, field(claims, 'iat'), seconds),
    checkNbf(nbf, seconds),
    mustBeAmong({ name: 'iss', seen: field(claims, 'iss') }, acceptedIssuers(host)),
    mustBeAmong({ name: 'aud', seen: field(claims, 'aud') }, acceptedAudiences(host)),
  ];
}

function mustBeNumber(line: Line): readonly Finding[] {
  if (!isTruthy(line.seen) || typeof line.seen === 'number') return [];
  return [refused(line, 'claims', `${line.name} must be number`)];
}

function checkExp(exp: Json | undefined, iat: Json | undefined, now: number): Finding {
  const line: Line = { name: 'exp', seen: exp, wanted: `after ${now}` };
  if (!isTruthy(exp)) return skipped(line, 'never_expires');
  if (typeof exp !== 'number') return skipped(line);
  if (now < exp) return ok(line);

  const validFor = validity(exp, iat);
  if (validFor === undefined) return hangs(line, 'login', 'iat_odd');
  const since = `${luaText(now - exp)} sec since expired`;
  return refused(line, 'claims', `Not acceptable by exp (${since}${validFor})`);
}

/** The end of the expiry message. Undefined where Lua cannot subtract. */
function validity(exp: number, iat: Json | undefined): string | undefined {
  if (!isTruthy(iat)) return '';
  const from = typeof iat === 'string' && iat.trim() !== '' ? Number(iat) : iat;
  if (typeof from !== 'number' || Number.isNaN(from)) return undefined;
  return `, valid for:${luaText(exp - from)} sec`;
}

function checkNbf(nbf: Json | undefined, now: number): Finding {
  const line: Line = { name: 'nbf', seen: nbf, wanted: `${now} or before` };
  if (!isTruthy(nbf) || typeof nbf !== 'number') return skipped(line);
  return now < nbf ? refused(line, 'claims', 'Not acceptable by nbf') : ok(line);
}

function mustBeAmong(
  { name, seen }: { name: 'iss' | 'aud'; seen: Json | undefined },
  accepted: readonly string[],
): Finding {
  const line: Line = { name, seen, wanted: accepted.join(' or ') };
  if (seen === undefined) return refused(line, 'claims', `'${name}' claim is missing`);
  const isAccepted = accepted.some((value) => value === '*' || value === seen);
  return isAccepted ? ok(line) : refused(line, 'claims', `invalid '${name}' claim`);
}

/** `room` and `sub` have to be there before anybody compares them. */
export function checkPresence(
  claims: JsonObject,
  host: ProsodyHost,
  version: PluginVersion,
): readonly Finding[] {
  const findings: Finding[] = [];
  const room: Line = { name: 'room', seen: undefined, wanted: 'a room claim' };
  if (host.asapRequireRoomClaim && field(claims, 'room') === undefined)
    findings.push(
      version < '2026-08'
        ? hangs(room, 'login', 'room_missing')
        : refused(room, 'claims', 'room claim is missing', 'not-authorized'),
    );

  const sub: Line = { name: 'sub', seen: undefined, wanted: 'a sub claim' };
  if (version >= '2026-08' && field(claims, 'sub') === undefined)
    findings.push(refused(sub, 'claims', 'sub claim is missing', 'not-authorized'));
  return findings;
}
