/**
 * Reads back what our own keys signed.
 *
 * @module
 */
import { verify } from 'node:crypto';

export interface VerifiedJws {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

const MAX_LENGTH = 16_384;

/**
 * A compact JWS with RS256 by one of these keys, or nothing. Its times are not looked at.
 *
 * @param findKey SPKI, PEM, by `kid`.
 */
export function verifyRs256(
  token: string,
  findKey: (kid: string) => string | undefined,
): VerifiedJws | undefined {
  const parts = token.length > MAX_LENGTH ? [] : token.split('.');
  const [head = '', body = '', signature = ''] = parts;
  const header = readPart(head);
  // The algorithm is ours to say, not the token's (RFC 8725, section 3.1).
  if (parts.length !== 3 || header?.alg !== 'RS256' || typeof header.kid !== 'string')
    return undefined;
  // An extension that must be understood; we know none (RFC 7515, section 4.1.11).
  if (header.crit !== undefined) return undefined;
  const key = findKey(header.kid);
  if (key === undefined) return undefined;
  const isOurs = verify(
    'sha256',
    Buffer.from(`${head}.${body}`),
    key,
    Buffer.from(signature, 'base64url'),
  );
  const payload = isOurs ? readPart(body) : undefined;
  return payload && { header, payload };
}

/** The same unverified, to see whom to ask: nothing of it may be believed. */
export function peekJws(token: string): VerifiedJws | undefined {
  const [head = '', body = ''] = token.length > MAX_LENGTH ? [] : token.split('.');
  const header = readPart(head);
  const payload = readPart(body);
  return header && payload && { header, payload };
}

function readPart(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
