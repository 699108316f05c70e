/**
 * What an upstream says of a person, made fit for the rule engine: of bounded size, without
 * prototypes, whole numbers as the engine's integers.
 *
 * @module
 */
import type { UpstreamClaims } from './upstream.ts';

/** Of all lists and maps together. */
export const MAX_CLAIM_VALUES = 5000;
/** The rule engine's cost is reckoned with lists of so many elements. */
const MAX_LIST = 1000;
const MAX_DEPTH = 8;
/** UTF-16 units. Longer ones are pictures and keys, of which no rule asks. */
const MAX_TEXT = 10_000;

export type SafeClaims = Readonly<Record<string, unknown>>;

/** `undefined` when there is too much of it: half of it could say the opposite. */
export function readClaims(claims: UpstreamClaims): SafeClaims | undefined {
  let left = MAX_CLAIM_VALUES;

  const safe = (value: unknown, depth: number): unknown => {
    left -= 1;
    if (left < 0 || depth > MAX_DEPTH) throw TOO_MUCH;
    if (value === null || typeof value === 'boolean') return value;
    if (typeof value === 'string') return value.length > MAX_TEXT ? undefined : value;
    if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
    if (typeof value === 'bigint') return BigInt.asIntN(64, value) === value ? value : undefined;
    if (Array.isArray(value)) {
      if (value.length > MAX_LIST) throw TOO_MUCH;
      return value.map((item) => safe(item, depth + 1)).filter((item) => item !== undefined);
    }
    return isPlain(value) ? safeMap(value, depth) : undefined;
  };
  const safeMap = (map: object, depth: number): SafeClaims => {
    const result: Record<string, unknown> = Object.create(null);
    for (const [name, value] of Object.entries(map)) {
      const found = safe(value, depth + 1);
      if (found !== undefined) result[name] = found;
    }
    return result;
  };

  try {
    return safeMap(claims, 0);
  } catch (error) {
    if (error === TOO_MUCH) return undefined;
    throw error;
  }
}

const TOO_MUCH = new RangeError('too many claims');

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
