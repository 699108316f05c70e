/**
 * Decisions and tokens explained to machines: what `/admin/explain` and `/admin/inspect` show.
 *
 * @module
 */
import { z } from 'zod';
import { givenInstant } from '../../http/instant.ts';
import { DomainError } from '../../domain/errors.ts';
import type { ClaimNode, ClaimOrigin } from '../../domain/explain/claims.ts';
import type { Explanation } from '../../domain/explain/explanation.ts';
import { ROLE_CHANGES } from '../../domain/explain/impact.ts';
import type { PastCase } from '../../domain/explain/past-case.ts';
import { type ExplainDeps, type ExplainInput, explain } from '../../operations/explain.ts';
import { type FindCaseDeps, findCase } from '../../operations/find-case.ts';
import { type ImpactDeps, impactOfRules } from '../../operations/impact-of-rules.ts';
import { type InspectDeps, inspectToken } from '../../operations/inspect-token.ts';
import { explanationSchema, impactSchema, inspectionSchema } from './explain-schemas.ts';
import { type ApiRoute, apiRoute } from './route.ts';

export type ExplainApiDeps = ExplainDeps & FindCaseDeps & ImpactDeps & InspectDeps;

const room = z.string().max(1000).meta({ description: 'As people write it.' });
const tenant = z.string().min(1).max(64).optional();
const ip = z.union([z.ipv4(), z.ipv6()]).optional();
const draft = z
  .record(z.string(), z.unknown())
  .meta({ description: 'Changes of the issuer, by the names of the configuration file.' });
const attribute = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);

const auth = z
  .strictObject({
    methods: z.array(z.string().max(50)).max(10),
    mfa: z.boolean(),
    ageSeconds: z.number().min(0),
  })
  .optional();

const question = z
  .strictObject({
    reference: z.string().min(1).max(40).optional(),
    issuer: z.string().max(100).optional(),
    user: z.string().max(400).optional(),
    madeUp: z
      .strictObject({
        username: z.string().min(1).max(400),
        displayName: z.string().max(400).optional(),
        email: z.string().max(400).optional(),
        groups: z.array(z.string().max(400)).max(1000).optional(),
        attributes: z.record(z.string().max(100), attribute).optional(),
      })
      .optional()
      .meta({ description: 'Somebody who does not exist, in place of `user`.' }),
    room: room.optional(),
    client: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'Id of the OpenID client that asks; then a room may be left out.' }),
    tenant,
    at: givenInstant.optional(),
    ip,
    auth,
    draft: draft.optional(),
  })
  .refine(
    ({ reference, issuer, user, madeUp, room: name, client }) =>
      reference !== undefined
        ? [issuer, user, madeUp, name, client].every((one) => one === undefined)
        : issuer !== undefined &&
          (name !== undefined || client !== undefined) &&
          (user === undefined) !== (madeUp === undefined),
    { path: ['user'], message: 'give a reference, or issuer, room and either user or madeUp' },
  );

const CASE_ERRORS = [
  'client_not_found',
  'issuer_not_found',
  'user_not_found',
  'room_missing',
  'room_invalid',
  'tenant_invalid',
] as const;

export function explainApi(deps: ExplainApiDeps): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'POST',
      path: '/api/v1/explain',
      permission: 'explain',
      summary: 'Why somebody may or may not enter a room; by `reference`, why they were refused',
      body: question,
      answers: { 200: explanationSchema },
      errors: [...CASE_ERRORS, 'reference_not_found'],
      async handle({ body }) {
        const past =
          body.reference === undefined ? undefined : await findCase(deps, body.reference);
        const input = past ? inputOf(past, body.draft) : toInput(body);
        return { status: 200, body: present(await explain(deps, input), past) };
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/v1/issuers/:issuer/impact',
      permission: 'explain',
      summary: 'Whom a change of rules would let in or shut out of a room, before it is made',
      params: z.object({ issuer: z.string() }),
      body: z.strictObject({
        draft,
        room,
        tenant,
        ip,
        auth,
        more: z
          .strictObject({ change: z.enum(ROLE_CHANGES), after: z.uuid() })
          .optional()
          .meta({ description: 'Goes on with one of the lists.' }),
      }),
      answers: { 200: impactSchema },
      errors: ['issuer_not_found', 'room_missing', 'room_invalid', 'tenant_invalid'],
      async handle({ params, body }) {
        return { status: 200, body: await impactOfRules(deps, { ...body, issuer: params.issuer }) };
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/v1/inspect',
      permission: 'explain',
      summary: 'What is in a token, who signed it, and what Prosody says; it is not kept',
      body: z.strictObject({
        token: z.string().min(1).max(60_000),
        issuer: z.string().max(100).optional(),
        room: room.optional(),
        tenant,
      }),
      answers: { 200: inspectionSchema },
      errors: ['issuer_not_found', 'room_missing', 'room_invalid', 'tenant_invalid'],
      async handle({ body }) {
        const { header = null, claims = null, ...rest } = await inspectToken(deps, body);
        return { status: 200, body: { header, claims, ...rest } };
      },
    }),
  ];
}

function toInput(body: z.output<typeof question>): ExplainInput {
  const { issuer = '', room: name = '', user = '', madeUp, at, ...rest } = body;
  return {
    issuer,
    room: name,
    client: rest.client,
    subject: madeUp ? { kind: 'made_up', ...madeUp } : { kind: 'known', name: user },
    at: at === undefined ? undefined : new Date(at),
    tenant: rest.tenant,
    ip: rest.ip,
    auth: rest.auth,
    draft: rest.draft,
  };
}

/** @throws {DomainError} `issuer_not_found`, when it is gone. */
function inputOf(past: PastCase, changes: ExplainInput['draft']): ExplainInput {
  const { issuer, username, tenant: of, ...rest } = past;
  if (issuer === undefined) throw new DomainError('issuer_not_found', { slug: '' });
  return {
    issuer,
    subject: { kind: 'known', name: username },
    room: rest.room ?? '',
    client: rest.client,
    tenant: of,
    at: rest.at,
    ip: rest.ip,
    auth: rest.auth,
    draft: changes,
  };
}

function present(explanation: Explanation, past: PastCase | undefined) {
  const { issuer, asked, client, decision, token } = explanation;
  const made = decision.decision;
  return {
    issuer: issuer.slug,
    asked: {
      user: asked.user.username,
      madeUp: asked.madeUp,
      groups: asked.user.groups,
      room: asked.room.canonical,
      client: client?.clientId,
      tenant: asked.tenant,
      at: asked.at,
      ip: asked.ip,
      auth: asked.auth,
    },
    past,
    outcome: made.outcome,
    role: made.outcome === 'allowed' ? made.role : undefined,
    reason: made.outcome === 'denied' ? made.reason : undefined,
    policies: decision.policies,
    rules: decision.rules,
    features: decision.features,
    token: token && presentToken(token),
  };
}

function presentToken(token: NonNullable<Explanation['token']>) {
  if (token.outcome === 'impossible') return token;
  const { made, bytes, tooLargeBy, prosody } = token;
  return {
    outcome: token.outcome,
    claims: made.claims,
    origins: Object.fromEntries(originsOf(made.tree)),
    leftOut: made.leftOut,
    bytes,
    tooLargeBy,
    prosody,
  };
}

function originsOf(nodes: readonly ClaimNode[]): [string, ClaimOrigin][] {
  return nodes.flatMap(({ path, children, origin }) =>
    children ? originsOf(children) : origin ? [[path, origin] as [string, ClaimOrigin]] : [],
  );
}
