import { z } from 'zod';
import { upstreamEntrySchema } from '../../domain/config-file/upstream-schema.ts';
import { representUpstream } from '../../domain/upstreams/represent.ts';
import { type Upstream, UPSTREAM_TYPES } from '../../domain/upstreams/upstream.ts';
import { etagOf, expectingIfMatch } from '../../http/etag.ts';
import { findUpstream } from '../../operations/upstreams/find-upstream.ts';
import { removeUpstream } from '../../operations/upstreams/remove-upstream.ts';
import {
  type SaveUpstreamDeps,
  type SaveUpstreamInput,
  saveUpstream,
} from '../../operations/upstreams/save-upstream.ts';
import { inBody, instant } from './issuers/schemas.ts';
import { type ApiAnswer, type ApiRoute, apiRoute } from './route.ts';

export type UpstreamsApiDeps = SaveUpstreamDeps;

const LIST = '/api/v1/upstreams';
const PATH = `${LIST}/:upstream`;
const params = z.object({ upstream: z.string().max(40) });

const {
  slug: _slug,
  clientSecretFile: _clientSecret,
  privateKeyFile: _privateKey,
  bindPasswordFile: _bindPassword,
  caFile: _ca,
  ...declared
} = upstreamEntrySchema.shape;
/** Absent or `null` is the default; for PATCH, absent leaves it as it is. */
const fields = Object.fromEntries(
  Object.entries(declared).map(([name, schema]) => [name, (schema as z.ZodType).nullish()]),
);
const putBody = z.strictObject({ slug: z.string().optional(), ...fields, type: declared.type });
const patchBody = z.strictObject(fields);

const upstreamSchema = z
  .looseObject({
    slug: z.string(),
    type: z.enum(UPSTREAM_TYPES),
    name: z.string(),
    disabled: z.boolean(),
    emailDomains: z.array(z.string()),
    createRule: z.string(),
    trusted: z.boolean(),
    mapping: z.record(z.string(), z.string()).nullable(),
    attributes: z.record(z.string(), z.string()).nullable(),
    groups: z.string().nullable(),
    avatars: z.enum(['link', 'store']),
    status: z.object({ createdAt: instant }).meta({ description: 'Not to be sent back.' }),
  })
  .meta({ description: 'Besides, what its type has: see the configuration file. No secret.' });

const present = (upstream: Upstream) => ({
  ...representUpstream(upstream),
  status: { createdAt: upstream.createdAt },
});
const tag = (upstream: Upstream) => ({ ETag: etagOf(representUpstream(upstream)) });

export function upstreamApi(deps: UpstreamsApiDeps): readonly ApiRoute[] {
  const { upstreams } = deps.stores;
  return [
    apiRoute({
      method: 'GET',
      path: LIST,
      permission: 'upstreams:read',
      summary: 'Directories people sign in with, by slug, without their secrets',
      answers: { 200: z.object({ items: z.array(upstreamSchema) }) },
      async handle() {
        return { status: 200, body: { items: (await upstreams.list()).map(present) } };
      },
    }),
    apiRoute({
      method: 'GET',
      path: PATH,
      permission: 'upstreams:read',
      summary: 'One directory, without its secrets',
      params,
      answers: { 200: upstreamSchema },
      errors: ['upstream_not_found'],
      async handle({ params: { upstream: slug } }) {
        const upstream = await findUpstream(deps, slug);
        return { status: 200, body: present(upstream), headers: tag(upstream) };
      },
    }),
    apiRoute({
      method: 'PUT',
      path: PATH,
      permission: 'upstreams:write',
      summary: 'Make a directory, or replace all that is declared of it; its secrets stay',
      params,
      body: putBody,
      answers: { 200: upstreamSchema, 201: upstreamSchema },
      errors: ['changed_meanwhile', 'rights_too_high'],
      async handle({ ctx, params: { upstream: slug }, body, actor, caller: { permissions } }) {
        const expected = expectingIfMatch(ctx, representUpstream);
        return save(deps, { slug, fields: body, how: 'replace', expected, actor, permissions });
      },
    }),
    apiRoute({
      method: 'PATCH',
      path: PATH,
      permission: 'upstreams:write',
      summary: 'Change what is named of a directory; `null` brings the default back',
      params,
      body: patchBody,
      answers: { 200: upstreamSchema },
      errors: ['changed_meanwhile', 'rights_too_high', 'upstream_not_found'],
      async handle({ ctx, params: { upstream: slug }, body, actor, caller: { permissions } }) {
        const expected = expectingIfMatch(ctx, representUpstream);
        return save(deps, { slug, fields: body, how: 'change', expected, actor, permissions });
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: PATH,
      permission: 'upstreams:write',
      summary: 'Put a directory into the bin; its people stay, and cannot sign in by it',
      params,
      answers: { 204: null },
      errors: ['changed_meanwhile', 'rights_too_high', 'upstream_not_found'],
      async handle({ ctx, params: { upstream: slug }, actor, caller: { permissions } }) {
        const expected = expectingIfMatch(ctx, representUpstream);
        await removeUpstream(deps, { slug, expected, actor, permissions });
        return { status: 204 };
      },
    }),
  ];
}

async function save(deps: UpstreamsApiDeps, input: SaveUpstreamInput): Promise<ApiAnswer> {
  const { upstream, outcome } = await inBody(saveUpstream(deps, input));
  const status = outcome === 'created' ? 201 : 200;
  return { status, body: present(upstream), headers: tag(upstream) };
}
