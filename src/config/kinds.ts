/**
 * The kinds of values a setting may have: each reads the text of an environment variable, and says
 * in its error what would be right.
 *
 * @module
 */
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

const SECRET_BYTES = 32;

export function whole({ from, to }: { from: number; to?: number }) {
  const range = to === undefined ? `of at least ${from}` : `from ${from} to ${to}`;
  return z
    .string()
    .regex(/^\d{1,12}$/, { error: `must be a whole number ${range}` })
    .transform(Number)
    .refine((value) => value >= from && (to === undefined || value <= to), {
      error: `must be a whole number ${range}`,
    });
}

export function oneOf<const Word extends string>(words: readonly Word[]) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` });
}

export const text = z.string();

export const yesOrNo = z
  .enum(['0', '1', 'false', 'true'], { error: 'must be 1 or 0' })
  .transform((value) => value === '1' || value === 'true');

/** An http or https origin: scheme, host and port, nothing behind them. */
export const origin = z.string().transform((value, context) => {
  const url = URL.parse(value);
  if (!url || !/^https?:$/.test(url.protocol)) {
    context.addIssue('must be an address such as https://auth.example.com');
    return z.NEVER;
  }
  if (url.href !== `${url.origin}/`) {
    context.addIssue(`must be an origin without a path, user or query: ${url.origin}`);
    return z.NEVER;
  }
  return url;
});

/** libpq also reads a host from the query (`?host=/run/postgresql`): only the scheme is checked. */
export const postgresUrl = z.string().refine(
  (value) => /^postgres(ql)?:\/\//.test(value),
  // The value holds a password: it is never repeated.
  { error: 'must begin with postgres://, as in postgres://user:password@host:5432/roomkey' },
);

/** The value may hold a password: it is never repeated. */
export const smtpUrl = z.string().refine(
  (value) => {
    const url = URL.parse(value);
    return /^smtps?:$/.test(url?.protocol ?? '') && url?.hostname !== '';
  },
  { error: 'must be smtp://user:password@host:587 or smtps://…' },
);

/** `roomkey@example.org` or `Meetings <roomkey@example.org>`. */
export const mailAddress = z
  .string()
  .regex(/^(?:[^<>\p{Cc}]*<[^\s<>@,]+@[^\s<>@,]+>|[^\s<>@,]+@[^\s<>@,]+)$/u, {
    error: 'must be an e-mail address, such as Meetings <roomkey@example.org>',
  });

/** CIDRs or single addresses, separated by commas. */
export const networks = z.string().transform((value, context) => {
  const ranges = splitList(value);
  for (const range of ranges) {
    const isRange = range.includes('/') ? ipaddr.isValidCIDR(range) : isAddress(range);
    if (!isRange) context.addIssue(`"${range}" is no network; write 10.0.0.0/8 or fd00::/8`);
  }
  return ranges;
});

/** Whole numbers, separated by commas. */
export const wholeNumbers = z.string().transform((value, context) => {
  const parts = splitList(value);
  if (parts.length === 0 || parts.some((part) => !/^\d{1,9}$/.test(part)))
    context.addIssue('must be whole numbers separated by commas');
  return parts.map(Number);
});

/** Keys of 32 bytes in hex or base64, separated by commas. */
export const secrets = z.string().transform((value, context) => {
  const keys = splitList(value).map(decodeKey);
  // The value is secret: only its place is told.
  for (const [index, key] of keys.entries())
    if (!key) context.addIssue(`key ${index + 1} is not 32 bytes; try: openssl rand -hex 32`);
  if (keys.length === 0) context.addIssue('is empty; try: openssl rand -hex 32');
  return keys.filter((key) => key !== undefined);
});

/** One key of 32 bytes in hex, base64 or base64url; `undefined` when it is none. */
export function decodeKey(encoded: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(encoded)) return Buffer.from(encoded, 'hex');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(encoded)) return undefined;
  const key = Buffer.from(encoded, 'base64');
  return key.length === SECRET_BYTES ? key : undefined;
}

function splitList(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** ipaddr.js also takes `10` and `0x7f.1`; nobody means those. */
function isAddress(value: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(value) || ipaddr.IPv6.isValid(value);
}
