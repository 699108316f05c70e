/**
 * Whether what our own key addresses answer, asked from outside, would do for Prosody: no redirect,
 * nothing but 200, and the very keys (jitsi-meet, `token/util.lib.lua`).
 *
 * @module
 */
import type { FetchOutcome } from '../fetched.ts';
import type { SigningKey } from '../signing-key.ts';
import { finding, type JitsiFinding } from './finding.ts';

const PUBLIC_URL = ['PUBLIC_URL'];
/** Prosody asks a minute before the list is stale: below this it asks without pause. */
const LEAST_MAX_AGE_SECONDS = 120;

export function judgeKey(key: SigningKey, address: URL, outcome: FetchOutcome): JitsiFinding {
  const values = { address: address.href, kid: key.kid };
  if (outcome.kind === 'failure')
    return finding('key_failed', { ...values, reason: reasonOf(outcome) }, PUBLIC_URL);
  if (outcome.status !== 200)
    return finding('key_status', { ...values, reason: String(outcome.status) }, PUBLIC_URL);
  if (outcome.text.trim() !== key.publicPem.trim())
    return finding('key_not_ours', values, PUBLIC_URL);
  return finding('key_right', values);
}

export function judgeKeyList(
  keys: readonly SigningKey[],
  address: URL,
  outcome: FetchOutcome,
): JitsiFinding {
  const values = { address: address.href };
  if (outcome.kind === 'failure')
    return finding('key_list_failed', { ...values, reason: reasonOf(outcome) }, PUBLIC_URL);
  if (outcome.status !== 200)
    return finding('key_list_status', { ...values, reason: String(outcome.status) }, PUBLIC_URL);
  const listed = kidsOf(outcome.text);
  if (!keys.every(({ kid }) => listed.includes(kid)))
    return finding('key_list_not_ours', values, PUBLIC_URL);
  const maxAge = /max-age=(\d+)/i.exec(outcome.cacheControl ?? '')?.[1];
  if (maxAge !== undefined && Number(maxAge) < LEAST_MAX_AGE_SECONDS)
    return finding('key_list_hot', { ...values, found: outcome.cacheControl ?? '' });
  return finding('key_list_right', values);
}

/** The code and what was said of it: `unreachable: ECONNREFUSED`. */
export function reasonOf({ code, message }: Extract<FetchOutcome, { kind: 'failure' }>): string {
  return `${code}: ${message}`;
}

function kidsOf(text: string): readonly unknown[] {
  try {
    const { keys } = JSON.parse(text) as { keys?: unknown };
    return Array.isArray(keys) ? keys.map((key: { kid?: unknown } | null) => key?.kid) : [];
  } catch {
    // An error page, or another service.
    return [];
  }
}
