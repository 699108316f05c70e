import { z } from 'zod';
import { DomainError } from '../../../domain/errors.ts';
import { ISSUER_SORTS, sortIssuers } from '../../../domain/issuer.ts';
import { representIssuer } from '../../../domain/issuer-view.ts';
import { JITSI_FINDINGS } from '../../../domain/jitsi-check/finding.ts';
import { expectingIfMatch } from '../../../http/etag.ts';
import { type CheckJitsiDeps, checkJitsi } from '../../../operations/check-jitsi.ts';
import { removeIssuer } from '../../../operations/remove-issuer.ts';
import {
  type SavedIssuer,
  type SaveIssuerDeps,
  type SaveIssuerInput,
  saveIssuer,
} from '../../../operations/save-issuer.ts';
import { type ApiAnswer, type ApiRoute, apiRoute } from '../route.ts';
import {
  inBody,
  issuerParams,
  issuerPatchBody,
  issuerPutBody,
  issuerSchema,
  issuerTag,
  presentIssuer,
  presentWarnings,
  savedIssuerSchema,
} from './schemas.ts';

export interface IssuersApiDeps extends SaveIssuerDeps, Pick<CheckJitsiDeps, 'fetchOutside'> {
  readonly publicUrl: () => URL;
}

const PATH = '/api/v1/issuers/:issuer';
const report = z.object({
  address: z.string().nullable(),
  findings: z.array(
    z.object({
      state: z.enum(['good', 'worry', 'bad']),
      code: z.enum(JITSI_FINDINGS),
      values: z.record(z.string(), z.string()),
      settings: z.array(z.string()),
    }),
  ),
});

export function issuerApi(deps: IssuersApiDeps): readonly ApiRoute[] {
  return [
    apiRoute({
      method: 'GET',
      path: '/api/v1/issuers',
      permission: 'issuers:read',
      summary: 'All issuers, by slug, by name or from the newest',
      query: z.strictObject({ sort: z.enum(ISSUER_SORTS).default('slug') }),
      answers: { 200: z.object({ items: z.array(issuerSchema) }) },
      async handle({ query: { sort } }) {
        const issuers = sortIssuers(await deps.stores.issuers.list(), sort);
        const items = issuers.map(async (issuer) =>
          presentIssuer(issuer, await deps.stores.issuers.findStanding(issuer.id)),
        );
        return { status: 200, body: { items: await Promise.all(items) } };
      },
    }),
    apiRoute({
      method: 'GET',
      path: PATH,
      permission: 'issuers:read',
      summary: 'One issuer, without its secret',
      params: issuerParams,
      answers: { 200: issuerSchema },
      errors: ['issuer_not_found'],
      async handle({ params }) {
        const issuer = await findIssuer(deps, params.issuer);
        const standing = await deps.stores.issuers.findStanding(issuer.id);
        return { status: 200, body: presentIssuer(issuer, standing), headers: issuerTag(issuer) };
      },
    }),
    apiRoute({
      method: 'PUT',
      path: PATH,
      permission: 'issuers:write',
      summary: 'Make an issuer, or replace all that is declared of it; its keys and secret stay',
      params: issuerParams,
      body: issuerPutBody,
      answers: { 200: savedIssuerSchema, 201: savedIssuerSchema },
      errors: ['changed_meanwhile'],
      async handle({ ctx, params, body, actor }) {
        const expected = expectingIfMatch(ctx, representIssuer);
        const input = { slug: params.issuer, fields: body, how: 'replace', expected } as const;
        return save(deps, { ...input, actor });
      },
    }),
    apiRoute({
      method: 'PATCH',
      path: PATH,
      permission: 'issuers:write',
      summary: 'Change what is named of an issuer; `null` brings the default back',
      params: issuerParams,
      body: issuerPatchBody,
      answers: { 200: savedIssuerSchema },
      errors: ['changed_meanwhile', 'issuer_not_found'],
      async handle({ ctx, params, body, actor }) {
        const expected = expectingIfMatch(ctx, representIssuer);
        const input = { slug: params.issuer, fields: body, how: 'change', expected } as const;
        return save(deps, { ...input, actor });
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: PATH,
      permission: 'issuers:write',
      summary: 'Put an issuer into the bin, with its room policies and keys',
      params: issuerParams,
      answers: { 204: null },
      errors: ['changed_meanwhile', 'issuer_not_found'],
      async handle({ ctx, params, actor }) {
        const expected = expectingIfMatch(ctx, representIssuer);
        await removeIssuer(deps, { slug: params.issuer, expected, actor });
        return { status: 204 };
      },
    }),
    apiRoute({
      method: 'POST',
      path: `${PATH}/check`,
      permission: 'issuers:read',
      summary: 'Look at the Jitsi server from outside, and at our keys as its Prosody would',
      params: issuerParams,
      body: z.strictObject({}),
      answers: { 200: report },
      errors: ['issuer_not_found'],
      async handle({ params }) {
        const issuer = await findIssuer(deps, params.issuer);
        const { address, findings } = await checkJitsi(deps, {
          issuer,
          publicUrl: deps.publicUrl(),
        });
        return { status: 200, body: { address: address ?? null, findings } };
      },
    }),
  ];
}

type Change = Pick<SaveIssuerInput, 'slug' | 'fields' | 'how' | 'expected' | 'actor'>;

async function save(deps: IssuersApiDeps, change: Change): Promise<ApiAnswer> {
  const publicUrl = deps.publicUrl();
  return answer(deps, await inBody(saveIssuer(deps, { ...change, mode: 'write', publicUrl })));
}

/** What a change made of an issuer, with what it means beyond Roomkey. */
export async function answer(
  { stores }: Pick<IssuersApiDeps, 'stores'>,
  { issuer, outcome, warnings }: SavedIssuer,
): Promise<ApiAnswer> {
  const standing = await stores.issuers.findStanding(issuer.id);
  return {
    status: outcome === 'created' ? 201 : 200,
    body: { ...presentIssuer(issuer, standing), warnings: presentWarnings(warnings) },
    headers: issuerTag(issuer),
  };
}

async function findIssuer({ stores }: Pick<IssuersApiDeps, 'stores'>, slug: string) {
  const issuer = await stores.issuers.findBySlug(slug);
  if (!issuer) throw new DomainError('issuer_not_found', { slug });
  return issuer;
}
