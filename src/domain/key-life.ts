/**
 * When a key may move on. Prosody's caches set the times.
 *
 * @module
 */
import type { SigningKey } from './signing-key.ts';

/**
 * A `next` key must have been published this long before it signs: twice the `max-age` of our key
 * list, because Prosody refreshes `cache_keys_url` only on a timer.
 */
export const NEXT_KEY_MIN_AGE_SECONDS = 600;

/** A key that stopped signing is served for the longest token life and this much more. */
export const RETIRE_GRACE_SECONDS = 3600;

/** What caches may keep of our key list, in seconds: never 0, which makes Prosody ask in a loop. */
export const KEY_LIST_MAX_AGE_SECONDS = 300;

/** When the key has been known long enough to sign. */
export function readyToSignAt(next: SigningKey): Date {
  return new Date(next.createdAt.getTime() + NEXT_KEY_MIN_AGE_SECONDS * 1000);
}
