/**
 * Where in a token an extra claim may go.
 *
 * @module
 */
import { faultText } from '../faults.ts';

/** Ours alone: who the token is for and what it may do comes from settings and rules. */
const RESERVED = [
  'iss',
  'sub',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
  'room',
  'context.room',
  'context.tenant',
  'context.features',
  'context.user.affiliation',
  'context.user.moderator',
];
/** Objects of ours: a claim may go into them, not in their place. */
const CONTAINERS = ['context', 'context.user'];
/** XML names, because Prosody's `presence_identity` makes elements of them. */
const SEGMENT = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;
const UNSAFE = new Set(['__proto__', 'constructor', 'prototype']);
const MAX_SEGMENTS = 5;

/** Why nothing may be written to this dotted path; `undefined` if it may. */
export function claimPathFault(path: string): string | undefined {
  const segments = path.split('.');
  if (segments.length > MAX_SEGMENTS)
    return faultText('claim_too_deep', { claim: path, max: MAX_SEGMENTS });
  if (!segments.every((segment) => SEGMENT.test(segment) && !UNSAFE.has(segment)))
    return faultText('claim_malformed', { claim: path });
  if (RESERVED.some((reserved) => path === reserved || path.startsWith(`${reserved}.`)))
    return faultText('claim_reserved', { claim: path });
  if (CONTAINERS.includes(path)) return faultText('claim_container', { claim: path });
  if (path.startsWith('context.user.') && segments.length > 3)
    return faultText('claim_in_user', { claim: path });
  if (path.startsWith('context.group.')) return faultText('claim_in_group', { claim: path });
  return undefined;
}

/** Whether one of the paths would have to lie inside the other, or is the other. */
export function claimPathsCollide(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}
