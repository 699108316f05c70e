import { z } from 'zod';
import { issuerEntrySchema, roomEntrySchema } from '../../../domain/config-file/schema.ts';
import { rule } from '../../../domain/config-file/values.ts';
import { DomainError, isDomainError } from '../../../domain/errors.ts';
import { ALGORITHMS, type Issuer, RSA_BITS } from '../../../domain/issuer.ts';
import { type IssuerWarning, WARNINGS } from '../../../domain/issuer-warning.ts';
import { representIssuer } from '../../../domain/issuer-view.ts';
import { etagOf } from '../../../http/etag.ts';
import type { IssuerStanding } from '../../../stores/issuers.ts';

export const instant = z.iso.datetime();
export const issuerParams = z.object({ issuer: z.string().max(40) });

const {
  slug: _slug,
  secretFile: _file,
  carriedOverSecret: _carried,
  ...declared
} = issuerEntrySchema.shape;
/** Absent or `null` is the default; for PATCH, absent leaves it as it is. */
const fields = Object.fromEntries(
  Object.entries(declared).map(([name, schema]) => [name, (schema as z.ZodType).nullish()]),
);

export const issuerPutBody = z.strictObject({
  slug: z.string().optional(),
  ...fields,
  useRule: rule,
});
export const issuerPatchBody = z.strictObject(fields);
export const policyBody = roomEntrySchema.strict();

const rules = z.record(z.string(), z.string()).nullable();
const lobby = z.object({ bypass: z.string().optional() }).nullable();
export const policySchema = z.object({
  match: z.string(),
  useRule: z.string().optional(),
  moderatorRule: z.string().optional(),
  features: z.record(z.string(), z.string()).optional(),
  lobby: z.object({ bypass: z.string().optional() }).optional(),
});

const representation = {
  slug: z.string(),
  name: z.string(),
  serverUrl: z.string().nullable(),
  iss: z.string(),
  appId: z.string(),
  sub: z.string(),
  xmppDomain: z.string().nullable(),
  algorithm: z.enum(ALGORITHMS),
  rsaBits: z.literal(RSA_BITS),
  keyRotationDays: z.int().nullable(),
  tokenTtlSeconds: z.int(),
  nbfSkewSeconds: z.int(),
  delivery: z.enum(['query', 'fragment']),
  skipPrejoin: z.boolean(),
  anyRoom: z.boolean(),
  useRule: z.string(),
  moderatorRule: z.string().nullable(),
  features: rules,
  lobby,
  mapping: z.record(z.string(), z.string()),
  extraClaims: rules,
  group: z.string().nullable(),
  rooms: z.array(policySchema),
  clients: z.array(z.looseObject({})),
};

const warning = z.object({
  code: z.enum(WARNINGS.map(({ code }) => code)),
  weight: z
    .enum(['breaks', 'mind'])
    .meta({ description: '`breaks`: nobody gets in until the Jitsi server is changed, too.' }),
});

export const issuerSchema = z.object({
  ...representation,
  status: z
    .object({
      createdAt: instant,
      secretChangedAt: instant.nullable(),
      weakSecret: z.boolean(),
    })
    .meta({ description: 'Not to be sent back.' }),
});
export const savedIssuerSchema = issuerSchema.extend({ warnings: z.array(warning) });

export function presentIssuer(issuer: Issuer, standing: IssuerStanding | undefined) {
  return {
    ...representIssuer(issuer),
    status: {
      createdAt: issuer.createdAt,
      secretChangedAt: standing?.secretChangedAt ?? null,
      weakSecret: issuer.weakSecret,
    },
  };
}

export function issuerTag(issuer: Issuer): Readonly<Record<string, string>> {
  return { ETag: etagOf(representIssuer(issuer)) };
}

export function presentWarnings(warnings: readonly IssuerWarning[]) {
  return warnings.map(({ code, weight }) => ({ code, weight }));
}

/** Says where in the body a mistake of the issuer is: `body.rooms.2.useRule`. */
export async function inBody<Result>(change: Promise<Result>): Promise<Result> {
  try {
    return await change;
  } catch (error) {
    if (!isDomainError(error) || error.code !== 'input_invalid') throw error;
    const issues = error.details.issues.map((issue) => ({
      ...issue,
      path: `body.${issue.path.replace(/\[(\d+)\]/g, '.$1')}`,
    }));
    throw new DomainError('input_invalid', { issues }, { cause: error });
  }
}
