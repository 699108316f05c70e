/**
 * Bringing everybody up to date with a directory, for machines: asked for, and looked at.
 *
 * @module
 */
import { z } from 'zod';
import {
  SYNC_NOTES_MAX,
  SYNC_OUTCOMES,
  SYNC_STATES,
  type UpstreamSync,
} from '../../domain/upstreams/sync.ts';
import { listQuery, PAGE_SIZE } from '../../http/list-query.ts';
import { findUpstream } from '../../operations/upstreams/find-upstream.ts';
import { findSync, wantSync, type WantSyncDeps } from '../../operations/upstreams/wanted-sync.ts';
import { instant } from './issuers/schemas.ts';
import { type ApiRoute, apiRoute } from './route.ts';

export type UpstreamSyncApiDeps = WantSyncDeps;

const LIST = '/api/v1/upstreams/:upstream/syncs';
const listParams = z.object({ upstream: z.string().max(40) });
const params = listParams.extend({ id: z.uuid() });

const counts = Object.fromEntries(SYNC_OUTCOMES.map((one) => [one, z.int().optional()]));
const runSchema = z.object({
  id: z.uuid(),
  dryRun: z.boolean(),
  confirmed: z.boolean().meta({ description: 'Shuts out as many as were gone before.' }),
  state: z.enum(SYNC_STATES),
  seen: z.int().meta({ description: 'Entries read so far.' }),
  counts: z.object(counts),
  gone: z
    .int()
    .nullable()
    .meta({ description: 'Once the directory is read to its end; before, what was confirmed.' }),
  known: z.int().nullable().meta({ description: 'Those who came from it and may sign in.' }),
  fault: z.string().nullable(),
  message: z.string().nullable().meta({ description: 'What the directory said.' }),
  startedBy: z.string(),
  startedAt: instant,
  finishedAt: instant.nullable(),
});
const noteSchema = z.object({
  outcome: z.enum(SYNC_OUTCOMES),
  name: z.string(),
  why: z.string().nullable(),
  about: z.array(z.string()).meta({ description: 'Of `changed` the fields.' }),
});
const fullSchema = runSchema.extend({
  people: z
    .array(noteSchema)
    .meta({ description: `At most ${SYNC_NOTES_MAX} of each outcome, none of \`same\`.` }),
});

export function upstreamSyncApi(deps: UpstreamSyncApiDeps): readonly ApiRoute[] {
  const { upstreamSyncs } = deps.stores;
  return [
    apiRoute({
      method: 'GET',
      path: LIST,
      permission: 'upstreams:read',
      summary: 'Runs that brought people up to date with a directory, latest first',
      params: listParams,
      query: listQuery.omit({ q: true }).strict(),
      answers: { 200: z.object({ items: z.array(runSchema), next: z.string().nullable() }) },
      errors: ['upstream_not_found'],
      async handle({ params: { upstream: slug }, query: { after } }) {
        const { id } = await findUpstream(deps, slug);
        const { items, next } = await upstreamSyncs.list({
          upstreamId: id,
          after,
          limit: PAGE_SIZE,
        });
        return { status: 200, body: { items: items.map(present), next: next ?? null } };
      },
    }),
    apiRoute({
      method: 'POST',
      path: LIST,
      permission: 'upstreams:write',
      summary: 'Bring everybody up to date with an LDAP directory; begins within seconds',
      params: listParams,
      body: z.strictObject({
        dryRun: z.boolean().default(false).meta({ description: 'Tells, and changes nothing.' }),
        confirms: z.uuid().optional().meta({
          description:
            'The last run, `refused` because too many people were gone: now they are shut out.',
        }),
      }),
      answers: { 202: runSchema },
      errors: [
        'upstream_not_found',
        'upstream_not_listed',
        'upstream_sync_not_found',
        'upstream_sync_outdated',
        'upstream_sync_running',
      ],
      async handle({ params: { upstream: slug }, body: { dryRun, confirms }, actor }) {
        const sync = await wantSync(deps, { slug, trial: dryRun, confirms, actor });
        const headers = { Location: `/api/v1/upstreams/${slug}/syncs/${sync.id}` };
        return { status: 202, body: present(sync), headers };
      },
    }),
    apiRoute({
      method: 'GET',
      path: `${LIST}/:id`,
      permission: 'upstreams:read',
      summary: 'How far a run is, and what came of people',
      params,
      answers: { 200: fullSchema },
      errors: ['upstream_not_found', 'upstream_sync_not_found'],
      async handle({ params: { upstream: slug, id } }) {
        const sync = await findSync(deps, await findUpstream(deps, slug), id);
        const people = sync.notes.map(({ outcome, name, why, about }) => {
          return { outcome, name, why: why ?? null, about: about ?? [] };
        });
        return { status: 200, body: { ...present(sync), people } };
      },
    }),
  ];
}

function present(sync: UpstreamSync) {
  const { id, trial, force, state, seen, counts: outcomes, share, startedAt } = sync;
  return {
    id,
    dryRun: trial,
    confirmed: force,
    state,
    seen,
    counts: outcomes,
    gone: share?.gone ?? null,
    known: share?.known ?? null,
    fault: sync.fault ?? null,
    message: sync.message ?? null,
    startedBy: sync.actor.actorName,
    startedAt,
    finishedAt: sync.finishedAt ?? null,
  };
}
