/**
 * Tokens and hosts for the tables beside this file. Signed with node:crypto directly, so that a
 * mistake in our own signing cannot hide one in the reading.
 *
 * @module
 */
import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { prosodyCrypto } from '../../../src/crypto/prosody-signatures.ts';
import type { HttpAnswer, Join, ProsodyHost } from '../../../src/domain/prosody/host.ts';
import { PLUGIN_DEFAULTS } from '../../../src/domain/prosody/presets.ts';
import { type Attempt, verifyAsProsody } from '../../../src/domain/prosody/verify.ts';

export const NOW = new Date('2026-08-20T12:00:00.000Z');
export const now = NOW.getTime() / 1000;
export const SECRET = 'a secret of thirty-two characters';
export const ROOM = 'standup';

export const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const spki = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
export const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const otherSpki = other.publicKey.export({ type: 'spki', format: 'pem' }).toString();

export const GOOD = {
  iss: 'roomkey',
  aud: 'jitsi',
  sub: 'meet.jitsi',
  room: ROOM,
  exp: now + 300,
};

/** Payload of a good token with `changes` applied; an undefined value removes its claim. */
export function claims(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...GOOD, ...changes };
}

export function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

export function hs(payload: unknown, header: object = {}, secret: string = SECRET): string {
  const full = { alg: 'HS256', typ: 'JWT', ...header };
  const input = `${encode(full)}.${encode(payload)}`;
  const digest =
    isText(full.alg) && /^HS\d{3}$/.test(full.alg) ? `sha${full.alg.slice(2)}` : 'sha256';
  return `${input}.${createHmac(digest, secret).update(input).digest('base64url')}`;
}

export function rs(payload: unknown, header: object = {}, key = rsa.privateKey): string {
  const full = { alg: 'RS256', typ: 'JWT', kid: 'k1', ...header };
  const input = `${encode(full)}.${encode(payload)}`;
  const digest =
    isText(full.alg) && /^RS\d{3}$/.test(full.alg) ? `sha${full.alg.slice(2)}` : 'sha256';
  return `${input}.${sign(digest, Buffer.from(input), key).toString('base64url')}`;
}

export const hsHost: ProsodyHost = {
  ...PLUGIN_DEFAULTS,
  appId: 'roomkey',
  asapAcceptedAudiences: ['jitsi'],
  tokenAffiliation: true,
  enableAutoOwner: false,
  keys: { kind: 'secret', appSecret: SECRET },
};

export function fileOf(kid: string): string {
  return `${prosodyCrypto.sha256Hex(kid)}.pem`;
}

/** A key server that knows `k1` alone. */
export function keyServer(body: string, status = 200): (file: string) => HttpAnswer {
  return (file) => (file === fileOf('k1') ? { status, body } : { status: 404, body: 'unknown' });
}

export function rsHost(changes: Partial<ProsodyHost> = {}): ProsodyHost {
  return { ...hsHost, keys: { kind: 'asap', asapKeyServer: keyServer(spki) }, ...changes };
}

export function ask(
  token: string | undefined,
  host: ProsodyHost = hsHost,
  join: Join = { room: ROOM },
  more: Partial<Attempt> = {},
) {
  return verifyAsProsody({ token, host, join, now: NOW, crypto: prosodyCrypto, ...more });
}

/** The verdict in one line: `accepted moderator`, the refusal's reason, `hangs kid_unknown`. */
export function inShort(...asked: Parameters<typeof ask>): string {
  const verdict = ask(...asked);
  if (verdict.verdict === 'hangs') return `hangs ${verdict.why}`;
  if (verdict.verdict === 'accepted') return `accepted ${verdict.role}`;
  return `${verdict.condition}: ${verdict.reason}`;
}

/** Some tests put anything there, even what cannot become a text. */
function isText(value: unknown): value is string {
  return typeof value === 'string';
}
