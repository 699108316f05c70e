/**
 * Chance, from the operating system.
 *
 * @module
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Random } from '../domain/clock.ts';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const REFERENCE_LENGTH = 8;
const STORE_BYTES = 4096;

export const systemRandom: Random = {
  token: () => randomBytes(32).toString('base64url'),
  uuid: () => randomUUID(),
  reference: () => {
    let text = '';
    for (const byte of takeBytes(REFERENCE_LENGTH)) text += CROCKFORD[byte & 31];
    return text;
  },
};

/** Every request has a reference: asking the system for each would cost more than the request log. */
let store = Buffer.alloc(0);

function takeBytes(count: number): Buffer {
  if (store.length < count) store = randomBytes(STORE_BYTES);
  const taken = store.subarray(0, count);
  store = store.subarray(count);
  return taken;
}
