/**
 * Forms of an issuer. Their fields are called as in the configuration file, and an empty one stands
 * for the default; what is wrong is told by the checks of that file.
 *
 * @module
 */
import { z } from 'zod';
import type { InputIssue } from '../../domain/errors.ts';
import { HS_ALGORITHMS, type Issuer } from '../../domain/issuer.ts';
import { type IssuerForm } from '../../http/page-contexts/issuers.ts';
import type { IssuerFields } from '../../operations/save-issuer.ts';

/** Longer ones are refused by the checks, with words; this bounds what they look at. */
const text = z.string().max(20_000).default('');
const tick = z.literal('yes').optional();
/** Of what the form was made from: a form without it is none of ours. */
export const etag = z.string().min(1).max(200);

const shared = { name: text, serverUrl: text, algorithm: text, secret: text };

export const newIssuerBody = z.strictObject({
  ...shared,
  slug: text,
  useRule: text,
  moderatorRule: text,
});

export const editIssuerBody = z.strictObject({
  ...shared,
  iss: text,
  appId: text,
  sub: text,
  xmppDomain: text,
  rsaBits: text,
  tokenTtlSeconds: text,
  nbfSkewSeconds: text,
  delivery: text,
  skipPrejoin: tick,
  anyRoom: tick,
  etag,
  /** Of the changes that were warned of. */
  confirmed: text,
});
export type EditFields = z.output<typeof editIssuerBody>;

const NUMBERS = ['rsaBits', 'tokenTtlSeconds', 'nbfSkewSeconds'] as const;
const LINES = ['name', 'serverUrl', 'iss', 'appId', 'sub', 'xmppDomain', 'algorithm'] as const;

/** A secret that was left empty is kept. */
export function toIssuerFields(fields: EditFields): IssuerFields {
  const { secret, delivery, skipPrejoin, anyRoom } = fields;
  return {
    ...Object.fromEntries(LINES.map((name) => [name, lineOf(fields[name])])),
    ...Object.fromEntries(NUMBERS.map((name) => [name, numberOf(fields[name])])),
    delivery: lineOf(delivery),
    skipPrejoin: skipPrejoin === 'yes',
    anyRoom: anyRoom === 'yes',
    ...(secret === '' ? {} : { secret }),
    // With a shared secret there is nothing to rotate.
    ...(HS_ALGORITHMS.some((one) => one === fields.algorithm) ? { keyRotationDays: null } : {}),
  };
}

export function lineOf(typed: string): string | null {
  const line = typed.trim();
  return line === '' ? null : line;
}

/** What is no number goes on as it was typed, for the check to say so. */
export function numberOf(typed: string): number | string | null {
  const line = lineOf(typed);
  return line !== null && /^\d{1,9}$/.test(line) ? Number(line) : line;
}

export function valuesOf(issuer: Issuer): Record<string, string> {
  const lines = [...LINES, ...NUMBERS, 'delivery'] as const;
  return {
    ...Object.fromEntries(lines.map((name) => [name, String(issuer[name] ?? '')])),
    skipPrejoin: issuer.skipPrejoin ? 'yes' : '',
    anyRoom: issuer.anyRoom ? 'yes' : '',
  };
}

/** What was typed, but for the secret, and what is wrong with it. */
export function formOf(
  typed: Readonly<Record<string, string | undefined>>,
  issues: readonly InputIssue[] = [],
): IssuerForm {
  const { secret: _secret, ...rest } = typed;
  const values = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, value ?? '']),
  );
  const mine = issues.filter(({ path }) => Object.hasOwn(typed, path));
  return {
    values,
    faults: Object.fromEntries(mine.map(({ path }) => [path, true] as const)),
    others: issues
      .filter((issue) => !mine.includes(issue))
      .map(({ path, message }) => ({ path, message })),
  };
}
