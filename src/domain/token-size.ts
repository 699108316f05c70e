import { DomainError } from './errors.ts';

/** Proxies and Prosody cut long addresses, and the token is in one (nginx: 8 kB for the line). */
export const MAX_TOKEN_BYTES = 4096;

/**
 * Refuses a signed token that is too long, naming the claim that takes most room.
 *
 * @param token compact JWS.
 * @throws {DomainError} `token_too_large`.
 */
export function checkTokenSize(token: string, claims: object): void {
  if (token.length <= MAX_TOKEN_BYTES) return;
  const [[claim] = ['']] = leaves(claims, '').sort(([, a], [, b]) => b - a);
  throw new DomainError('token_too_large', { claim, bytes: token.length });
}

type Leaf = readonly [path: string, bytes: number];

function leaves(claims: object, prefix: string): Leaf[] {
  return Object.entries(claims).flatMap(([name, value]: [string, unknown]): Leaf[] => {
    if (typeof value === 'object' && value !== null) return leaves(value, `${prefix}${name}.`);
    return [[prefix + name, new TextEncoder().encode(JSON.stringify(value) ?? '').length]];
  });
}
