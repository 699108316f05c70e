import { z } from 'zod';
import { givenInstant } from '../../http/instant.ts';
import { stopSchema } from '../../domain/stop-fields.ts';
import { stateOfStop, type TokenStop } from '../../domain/token-stop.ts';
import { listQuery, PAGE_SIZE } from '../../http/list-query.ts';
import { type OutstandingDeps, outstandingTokens } from '../../operations/outstanding-tokens.ts';
import {
  findStop,
  findSubject,
  liftStop,
  type StopTokensDeps,
  stopTokens,
} from '../../operations/stop-tokens.ts';
import type { OutstandingTokens } from '../../stores/audit-events.ts';
import type { Stores } from '../../stores/index.ts';
import { STOP_SORTS } from '../../stores/token-stops.ts';
import { type ApiRoute, apiRoute } from './route.ts';

export interface StopsApiDeps extends StopTokensDeps, OutstandingDeps {
  readonly stores: Stores;
}

const instant = z.iso.datetime();
const stopAnswer = z.object({
  id: z.uuid(),
  kind: z.enum(['user', 'room', 'issuer']),
  userId: z.uuid().nullable(),
  issuerId: z.uuid().nullable(),
  name: z.string().meta({ description: 'Username, or slug of the issuer' }),
  room: z.string().nullable().meta({ description: 'Canonical name; `*` is any characters' }),
  reason: z.string(),
  state: z.enum(['in_force', 'ended', 'lifted']),
  createdAt: instant,
  createdBy: z.string(),
  endsAt: instant.nullable(),
  liftedAt: instant.nullable(),
  liftedBy: z.string().nullable(),
});
const outstandingAnswer = z.object({
  count: z.number().int(),
  lastExpiresAt: instant.nullable().meta({ description: 'Until then somebody can join with one' }),
});
const withOutstanding = stopAnswer.extend({ outstanding: outstandingAnswer });

const { user, issuer, room, reason } = stopSchema.shape;
const newStop = z.strictObject({
  user,
  issuer,
  room: room.meta({ description: 'With an issuer: only those rooms; `*` is any characters' }),
  reason,
  endsAt: givenInstant.nullable().default(null),
});
const idParams = z.object({ id: z.string() });

export function stopsApi(deps: StopsApiDeps): readonly ApiRoute[] {
  const { stores, clock } = deps;
  const present = (stop: TokenStop) => presentStop(stop, clock.now());
  const presentWhole = async (stop: TokenStop) => ({
    ...present(stop),
    outstanding: presentOutstanding(await outstandingTokens(deps, stop.subject)),
  });

  return [
    apiRoute({
      method: 'GET',
      path: '/api/v1/stops',
      permission: 'audit:read',
      summary: 'Stops of tokens, newest first or by name; those that ended too',
      query: listQuery.strict().extend({ sort: z.enum(STOP_SORTS).default('created') }),
      answers: { 200: z.object({ items: z.array(stopAnswer), next: z.string().nullable() }) },
      async handle({ query }) {
        const { items, next } = await stores.tokenStops.list({ ...query, limit: PAGE_SIZE });
        return { status: 200, body: { items: items.map(present), next: next ?? null } };
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/v1/stops',
      permission: 'tokens:stop',
      summary: 'Stop tokens now, for a user, an issuer, or rooms of an issuer',
      body: newStop,
      answers: { 201: withOutstanding },
      async handle({ body: { endsAt, ...body }, actor }) {
        const ends = endsAt === null ? {} : { endsAt: new Date(endsAt) };
        const stop = await stopTokens(deps, { fields: { ...body, ...ends }, actor });
        const headers = { Location: `/api/v1/stops/${stop.id}` };
        return { status: 201, body: await presentWhole(stop), headers };
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/api/v1/stops/:id',
      permission: 'audit:read',
      summary: 'One stop, and how many tokens are still outstanding',
      params: idParams,
      answers: { 200: withOutstanding },
      errors: ['stop_not_found'],
      async handle({ params }) {
        return { status: 200, body: await presentWhole(await findStop(stores, params.id)) };
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/v1/stops/:id',
      permission: 'tokens:stop',
      summary: 'Lift a stop: tokens are issued again as the rules say',
      params: idParams,
      answers: { 200: stopAnswer },
      errors: ['stop_not_found'],
      async handle({ params, actor }) {
        return { status: 200, body: present(await liftStop(deps, { id: params.id, actor })) };
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/api/v1/outstanding-tokens',
      permission: 'audit:read',
      summary: 'How many tokens of a user, an issuer or its rooms have not ended yet',
      query: z.strictObject({ user, issuer, room }),
      answers: { 200: outstandingAnswer },
      async handle({ query }) {
        const { subject } = await findSubject(stores, query);
        const outstanding = await outstandingTokens(deps, subject);
        return { status: 200, body: presentOutstanding(outstanding) };
      },
    }),
  ];
}

function presentStop({ subject, ...stop }: TokenStop, now: Date) {
  return {
    id: stop.id,
    kind: subject.kind,
    userId: subject.kind === 'user' ? subject.userId : null,
    issuerId: subject.kind === 'user' ? null : subject.issuerId,
    name: stop.name,
    room: subject.kind === 'room' ? subject.pattern : null,
    reason: stop.reason,
    state: stateOfStop({ ...stop, subject }, now),
    createdAt: stop.createdAt,
    createdBy: stop.createdBy,
    endsAt: stop.endsAt ?? null,
    liftedAt: stop.liftedAt ?? null,
    liftedBy: stop.liftedBy ?? null,
  };
}

function presentOutstanding({ count, lastExpiresAt }: OutstandingTokens) {
  return { count, lastExpiresAt: lastExpiresAt ?? null };
}
