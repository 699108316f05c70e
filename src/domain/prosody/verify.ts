/**
 * Would Prosody take this token, and as what would its bearer be in the room?
 *
 * A reading of jitsi-meet's `resources/prosody-plugins` (`luajwtjitsi.lib.lua`, `token/util.lib.lua`,
 * `mod_token_verification`, `mod_token_affiliation`, `mod_presence_identity`) as of August 2026,
 * checked against a running Prosody. Reasons are Prosody's own texts. It judges only what the
 * server does: the web client adds guesses of its own.
 *
 * @module
 */
import { checkClaims, checkPresence } from './claims.ts';
import { checkContext } from './context.ts';
import {
  type Check,
  type Finding,
  type Hang,
  hangs,
  type Line,
  linesOf,
  ok,
  type Refusal,
  refused,
} from './finding.ts';
import { checkSeal } from './header.ts';
import { expectedAlgorithm, type Join, type PluginVersion, type ProsodyHost } from './host.ts';
import { type Identity, identityOf } from './identity.ts';
import { isObject, type JsonObject } from './json.ts';
import { findKey } from './key.ts';
import { featuresOf, type Standing, standingOf } from './role.ts';
import { checkRoom, checkRoomItself } from './room.ts';
import type { WarningCode } from './sentences.ts';
import type { ProsodyCrypto } from './signature.ts';
import { type TokenParts, takeApart } from './token-parts.ts';

export interface Attempt {
  /** Undefined: no token. Empty text is a token, and a bad one. */
  readonly token: string | undefined;
  readonly host: ProsodyHost;
  readonly join: Join;
  readonly now: Date;
  readonly crypto: ProsodyCrypto;
  /** Default: 2026-08. */
  readonly version?: PluginVersion;
}

export interface Acceptance extends Standing {
  readonly verdict: 'accepted';
  readonly identity: Identity | undefined;
  /** Names of the features that are on. */
  readonly features: readonly string[];
}

export type ProsodyVerdict = (Acceptance | Refusal | Hang) & {
  readonly warnings: readonly WarningCode[];
  /** All lines, also those Prosody would not have reached. */
  readonly checks: readonly Check[];
};

/** Never throws, whatever the token. `host` and `crypto` are trusted to be what they say. */
export function verifyAsProsody(attempt: Attempt): ProsodyVerdict {
  const { token, host, join } = attempt;
  const read = token === undefined ? withoutToken(attempt) : withToken(token, attempt);
  const findings = [...read.findings, ...checkLobby(attempt)];

  const checks = linesOf(findings);
  const stop = findings.find((finding) => finding.stop)?.stop;
  const warnings = findings.flatMap(({ warning }) => warning ?? []);
  if (stop) return { ...stop, checks, warnings: [...new Set(warnings)] };

  const standing = standingOf(read.claims, host, join);
  return {
    verdict: 'accepted',
    ...standing,
    identity: read.claims && identityOf(read.claims, host),
    features: featuresOf(read.claims, standing),
    checks,
    warnings: [...new Set([...warnings, ...warningsOf(standing)])],
  };
}

interface Reading {
  readonly findings: readonly Finding[];
  /** Absent: no token, or one without readable claims. */
  readonly claims?: JsonObject;
}

function withoutToken({ host, join, version = '2026-08' }: Attempt): Reading {
  const format: Line = { name: 'format', seen: undefined, wanted: 'a token' };
  const entered = host.allowEmptyToken || join.guest === true;
  if (!entered) return { findings: [refused(format, 'header', 'token required')] };

  const room: Line = { name: 'room', seen: undefined, wanted: 'open to people without a token' };
  if (!host.allowEmptyToken)
    return {
      findings: [...checkRoomItself(join), ...checkRoom({ claims: {}, host, join, version })],
    };
  const closed = join.allowUnauthenticatedAccess === false;
  return {
    findings: [
      ...checkRoomItself(join),
      closed ? refused(room, 'room', 'Authentication required') : ok(room),
    ],
  };
}

function withToken(token: string, attempt: Attempt): Reading {
  const { host, crypto, version = '2026-08' } = attempt;
  const parts = takeApart(token);
  const search = findKey(token, { host, crypto, version });
  const seal = checkSeal({
    parts,
    search,
    algorithm: expectedAlgorithm(host),
    checkSignature: crypto.checkSignature,
  });
  const payload = readPayload(parts, attempt);
  return {
    ...payload,
    findings: [checkSize(token), ...search.findings, ...seal, ...payload.findings],
  };
}

function readPayload(parts: TokenParts, attempt: Attempt): Reading {
  const { host, join, now, version = '2026-08' } = attempt;
  if (!parts.readable) return { findings: [] };
  const { payload } = parts;
  const format: Line = { name: 'format', seen: payload, wanted: 'an object as payload' };
  if (payload === null || typeof payload === 'number' || typeof payload === 'boolean')
    return { findings: [hangs(format, 'login', 'payload_odd')] };

  // Text and lists can be indexed in Lua: they are payloads without any claim.
  const claims = isObject(payload) ? payload : {};
  const findings = [
    ...checkClaims(claims, host, now),
    ...checkPresence(claims, host, version),
    ...checkContext(claims, host, version),
    ...checkRoomItself(join),
    ...checkRoom({ claims, host, join, version }),
  ];
  return { claims, findings };
}

/** Prosody's limit on a request's head is 10 kB; proxies before it often have 8. */
function checkSize(token: string): Finding {
  const bytes = Buffer.byteLength(token);
  const line: Line = { name: 'size', seen: bytes, wanted: 'under 6000 bytes' };
  if (bytes >= 10_000) return hangs(line, 'login', 'token_too_long');
  return ok(line, bytes > 6000 ? 'token_long' : undefined);
}

/** `muc_wait_for_host`: people without a token wait in the lobby until somebody with one is in. */
function checkLobby({ token, host, join }: Attempt): readonly Finding[] {
  if (token !== undefined || !host.mucWaitForHost || join.hostPresent) return [];
  const line: Line = { name: 'room', seen: 'nobody with a token', wanted: 'a host in the room' };
  return [refused(line, 'room', 'waiting-for-host', 'registration-required')];
}

function warningsOf(standing: Standing): readonly WarningCode[] {
  if (standing.role === 'visitor') return ['visitor'];
  return standing.moderatorBy && standing.moderatorBy !== 'token' ? ['moderator_regardless'] : [];
}
