/**
 * Where each key of an issuer stands, who still trusts it, and from when on it can go.
 *
 * Prosody has two ways to a key. By `asap_key_server` it asks for a kid when it first sees one, and
 * keeps what came until it restarts. By `cache_keys_url` every reader fetches the whole list, as
 * often as its `max-age` says, and forgets a key 90 minutes after the list named it last
 * (jitsi-meet, `token/util.lib.lua`). Applications read a list of their own, which names the keys of
 * the `oidc` ring besides, and ask again when they meet a kid they do not know.
 *
 * @module
 */
import { CLIENT_TOKEN_TTL_MAX_SECONDS } from './client.ts';
import type { Issuer } from './issuer.ts';
import { isHs } from './issuer.ts';
import { KEY_LIST_MAX_AGE_SECONDS, RETIRE_GRACE_SECONDS, readyToSignAt } from './key-life.ts';
import type { SigningKey } from './signing-key.ts';

/** How long Prosody still takes a key that is gone from the list. */
const LIST_KEEPS_SECONDS = 90 * 60;
const DAY_SECONDS = 24 * 3600;

/** Those who read our key list. */
export type ListTrust =
  /** They know it one after the other, all of them from `at` on. */
  | { readonly code: 'learning'; readonly at: Date }
  | { readonly code: 'trusts' }
  /** All have forgotten it from `at` on. */
  | { readonly code: 'forgetting'; readonly at: Date }
  | { readonly code: 'forgot' };

/** Those who ask for one key at a time. */
export type AsapTrust =
  /** They ask when the first token comes that it signed. */
  | 'when_used'
  /** Who saw a token of it keeps it until Prosody restarts, whatever we serve. */
  | 'until_restart'
  /** It never signed: nobody asked for it, and nobody can any more. */
  | 'never';

export interface KeyTimes {
  readonly key: SigningKey;
  /** Every reader of the list knows it: it may sign. */
  readonly knownAt: Date;
  /** For one that stopped signing: the last token it signed has ended. */
  readonly lastTokenEndsAt: Date | undefined;
  /** For one that is served, but signs no more: nobody is sent away by retiring it from then on. */
  readonly safeToRetireAt: Date | undefined;
  /** When it is retired by itself. */
  readonly retiresAt: Date | undefined;
  readonly list: ListTrust;
  readonly asap: AsapTrust;
}

export interface KeyTimesInput {
  /** Of any token of the issuer, ever. */
  readonly longestTokenTtlSeconds: number;
  readonly now: Date;
}

export function timesOfKey(
  key: SigningKey,
  { longestTokenTtlSeconds, now }: KeyTimesInput,
): KeyTimes {
  const { activatedAt, publishedAt, stage } = key;
  const longest =
    key.ring === 'oidc'
      ? Math.max(longestTokenTtlSeconds, CLIENT_TOKEN_TTL_MAX_SECONDS)
      : longestTokenTtlSeconds;
  const lastTokenEndsAt = publishedAt && (activatedAt ? after(publishedAt, longest) : publishedAt);
  const isLeaving = stage === 'published';
  return {
    key,
    knownAt: readyToSignAt(key),
    lastTokenEndsAt: activatedAt ? lastTokenEndsAt : undefined,
    safeToRetireAt: isLeaving ? lastTokenEndsAt : undefined,
    retiresAt:
      isLeaving && publishedAt
        ? after(publishedAt, longestTokenTtlSeconds + RETIRE_GRACE_SECONDS)
        : undefined,
    list: listTrust(key, now),
    asap: activatedAt ? 'until_restart' : stage === 'retired' ? 'never' : 'when_used',
  };
}

function listTrust(key: SigningKey, now: Date): ListTrust {
  const { retiredAt } = key;
  if (!retiredAt) {
    const at = readyToSignAt(key);
    return now < at && key.stage === 'next' ? { code: 'learning', at } : { code: 'trusts' };
  }
  const keeps = key.ring === 'jitsi' ? LIST_KEEPS_SECONDS : 0;
  const at = after(retiredAt, KEY_LIST_MAX_AGE_SECONDS + keeps);
  return now < at ? { code: 'forgetting', at } : { code: 'forgot' };
}

/**
 * When the keys of a ring change by themselves: the active one has signed for its days, and the next
 * is known to every reader. `undefined` without a schedule, or without keys.
 */
export function nextRotationAt(issuer: Issuer, keys: readonly SigningKey[]): Date | undefined {
  const { keyRotationDays, algorithm } = issuer;
  if (keyRotationDays === undefined || isHs(algorithm)) return undefined;
  const active = keys.find(({ stage }) => stage === 'active');
  const next = keys.find(({ stage }) => stage === 'next');
  if (!active || !next) return undefined;
  const due = after(active.activatedAt ?? active.createdAt, keyRotationDays * DAY_SECONDS);
  const ready = readyToSignAt(next);
  return due < ready ? ready : due;
}

function after(date: Date, seconds: number): Date {
  return new Date(date.getTime() + seconds * 1000);
}
