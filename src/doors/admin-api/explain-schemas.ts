/**
 * What `/api/v1/explain`, `…/impact` and `/api/v1/inspect` answer, for their description.
 *
 * @module
 */
import { z } from 'zod';
import { eachChange } from '../../domain/explain/impact.ts';
import { CAUSES } from '../../domain/prosody/advice.ts';

const roles = z.enum(['denied', 'participant', 'moderator']);

const reading = z.object({
  text: z.string().meta({ description: 'A part of the rule, as it was written.' }),
  depth: z.number().int(),
  outcome: z.enum(['value', 'error', 'not_reached']),
  value: z.string().optional().meta({ description: 'As the rule language writes it.' }),
  code: z.string().optional(),
  message: z.string().optional(),
});

const rule = z.object({
  kind: z.enum(['use', 'moderator', 'lobby', 'feature']),
  feature: z.string().optional(),
  path: z.string().meta({ description: 'Where it was written: `rooms[2].useRule`.' }),
  policy: z.number().int().optional(),
  source: z.string(),
  outcome: z.enum(['hit', 'miss', 'error', 'not_reached']),
  code: z.string().optional(),
  message: z.string().optional(),
  readings: z.array(reading),
});

const verdict = z.looseObject({
  verdict: z.enum(['accepted', 'refused', 'hangs']),
  reason: z.string().optional().meta({ description: 'Prosody’s own words, of a refusal.' }),
  role: z.string().optional(),
  warnings: z.array(z.string()),
  checks: z.array(
    z.object({
      name: z.string(),
      outcome: z.enum(['ok', 'failed', 'skipped']),
      seen: z.string(),
      wanted: z.string(),
    }),
  ),
});

export const explanationSchema = z.object({
  issuer: z.string(),
  asked: z.object({
    user: z.string(),
    madeUp: z.boolean(),
    groups: z.array(z.string()),
    room: z.string().meta({ description: 'Empty at a client that leads to none.' }),
    client: z.string().optional(),
    tenant: z.string().optional(),
    at: z.iso.datetime(),
    ip: z.string().optional(),
    auth: z.object({ methods: z.array(z.string()), mfa: z.boolean(), ageSeconds: z.number() }),
  }),
  past: z
    .looseObject({ reference: z.string(), outcome: z.enum(['allowed', 'denied']) })
    .optional()
    .meta({ description: 'What was decided then, when asked by `reference`.' }),
  outcome: z.enum(['allowed', 'denied']),
  role: z.string().optional(),
  reason: z.string().optional(),
  policies: z.array(
    z.object({
      index: z.number().int(),
      match: z.string(),
      outcome: z.enum(['matched', 'missed', 'not_reached']),
    }),
  ),
  rules: z.array(rule),
  features: z.array(
    z.object({
      feature: z.string(),
      state: z.enum(['true', 'false']),
      rule: z.string().optional(),
    }),
  ),
  token: z
    .object({
      outcome: z.enum(['built', 'impossible']),
      code: z.string().optional(),
      claims: z.looseObject({}).optional(),
      origins: z
        .record(z.string(), z.looseObject({ kind: z.string() }))
        .optional()
        .meta({ description: 'Dotted path of a claim → what made it.' }),
      leftOut: z.array(z.looseObject({ path: z.string(), why: z.string() })).optional(),
      bytes: z.number().int().optional(),
      tooLargeBy: z.string().optional(),
      prosody: verdict.optional(),
    })
    .optional()
    .meta({ description: 'What would be signed; nothing is.' }),
});

const changeList = z.object({
  count: z.number().int(),
  people: z.array(
    z.object({
      id: z.uuid(),
      username: z.string(),
      displayName: z.string(),
      before: roles,
      after: roles,
    }),
  ),
  next: z.string().optional().meta({ description: 'For `more.after`: the list goes on there.' }),
});
const standings = z.object({ allowed: z.number().int(), moderators: z.number().int() });

export const impactSchema = z.object({
  room: z.string(),
  examined: z.number().int(),
  complete: z
    .boolean()
    .meta({ description: 'False: time ran out, the numbers are not the whole.' }),
  before: standings,
  after: standings,
  changes: z.object(eachChange(() => changeList)),
  addressWanted: z
    .number()
    .int()
    .meta({ description: 'For so many the use rule reads an address that was not given.' }),
});

export const inspectionSchema = z.object({
  header: z.unknown(),
  claims: z.unknown(),
  unreadable: z.string().optional(),
  bytes: z.number().int(),
  signedBy: z
    .object({
      issuer: z.string().optional(),
      issuerId: z.uuid(),
      kid: z.string().optional(),
      stage: z.string().optional(),
    })
    .optional()
    .meta({ description: 'The key or secret of ours that made the signature.' }),
  issuers: z.array(z.object({ slug: z.string(), by: z.array(z.string()) })),
  judged: z
    .object({
      issuer: z.string(),
      room: z.string(),
      verdict,
      whenIssued: z.string().optional(),
      lines: z.array(
        z.object({
          name: z.string(),
          outcome: z.enum(['ok', 'failed', 'skipped']),
          seen: z.string(),
          wanted: z.string(),
          advice: z
            .object({
              cause: z.enum(CAUSES),
              settings: z.object({
                docker: z.array(z.string()),
                prosody: z.array(z.string()),
                roomkey: z.array(z.string()),
              }),
            })
            .optional(),
        }),
      ),
    })
    .optional(),
});
