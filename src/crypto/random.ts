/**
 * Chance, from the operating system.
 *
 * @module
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Random } from '../domain/clock.ts';

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export const systemRandom: Random = {
  token: () => randomBytes(32).toString('base64url'),
  uuid: () => randomUUID(),
  reference: () => Array.from(randomBytes(8), (byte) => CROCKFORD[byte & 31]).join(''),
};
