/**
 * The kill switch: what is stopped, stop something, let it go on.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { isDomainError } from '../../domain/errors.ts';
import { stateOfStop, type TokenStop } from '../../domain/token-stop.ts';
import { actorOf } from '../../http/actor.ts';
import { asCurl } from '../../http/as-curl.ts';
import { asYaml } from '../../http/as-yaml.ts';
import type { Forms } from '../../http/form.ts';
import { listFrame, listQuery, PAGE_SIZE } from '../../http/list-query.ts';
import type {
  Outstanding,
  StopEntry,
  StopField,
  StopPages,
} from '../../http/page-contexts/stops.ts';
import type { Pages } from '../../http/pages.ts';
import { parse } from '../../http/parse.ts';
import { readQuery } from '../../http/query.ts';
import { seeOther } from '../../http/see-other.ts';
import { may } from '../../http/session.ts';
import type { IssuerCatalog } from '../../operations/issuer-catalog.ts';
import { type OutstandingDeps, outstandingTokens } from '../../operations/outstanding-tokens.ts';
import {
  findStop,
  findSubject,
  liftStop,
  type StopTokensDeps,
  stopTokens,
} from '../../operations/stop-tokens.ts';
import type { Stores } from '../../stores/index.ts';
import { STOP_SORTS } from '../../stores/token-stops.ts';
import { type AdminRoute, get, param, post } from './route.ts';

export interface StopPagesDeps extends StopTokensDeps, OutstandingDeps {
  readonly stores: Stores;
  readonly catalog: Pick<IssuerCatalog, 'current'>;
  readonly forms: Forms;
  readonly pages: Pages;
  readonly publicUrl: () => URL;
}

/** Seconds; `open`: until it is lifted. */
const LASTS = ['open', '3600', '86400', '604800'] as const;
const API = '/api/v1/stops';

const listing = listQuery.strict().extend({
  sort: z.enum(STOP_SORTS).default('created'),
  done: z.string().optional(),
});
const text = z.string().max(10_000).default('');
const named = { user: text, issuer: text, room: text };
const naming = z.strictObject(named);
const body = z.strictObject({ ...named, reason: text, lasts: z.enum(LASTS).default('open') });

export function stopRoutes(deps: StopPagesDeps): readonly AdminRoute[] {
  return [
    get('/admin/stops', 'audit:read', showStops(deps)),
    get('/admin/stops/new', 'tokens:stop', (ctx) => {
      const values = { ...readQuery(ctx, naming), reason: '', lasts: 'open' };
      return showForm(ctx, deps, { values, faults: {} });
    }),
    post('/admin/stops/new', 'tokens:stop', submitStop(deps)),
    get('/admin/stops/:id', 'audit:read', showStop(deps)),
    post('/admin/stops/:id/lift', 'tokens:stop', submitLift(deps)),
  ];
}

function showStops({ stores, clock, pages, publicUrl }: StopPagesDeps): Middleware {
  return async (ctx) => {
    const { q, after, sort } = readQuery(ctx, listing);
    const found = await stores.tokenStops.list({ q, sort, after, limit: PAGE_SIZE });
    const now = clock.now();
    const stops = found.items.map((stop) => entryOf(stop, now));
    pages.show(ctx, 'admin-stops', {
      list: listFrame(ctx, { q, ...found }),
      sort,
      stops,
      now,
      mayStop: may(ctx, 'tokens:stop'),
      machine: {
        curl: asCurl(publicUrl(), { method: 'GET', path: API }),
        yaml: undefined,
        view: asYaml({ stops }),
      },
    });
  };
}

type FormParts = Pick<StopPages['admin-stop-new'], 'values' | 'faults'>;

async function showForm(ctx: Context, deps: StopPagesDeps, form: FormParts): Promise<void> {
  const { catalog, clock, pages, publicUrl } = deps;
  const issuers = [...catalog.current().bySlug.values()].map(({ issuer }) => issuer);
  const { values } = form;
  const body = { ...wordsOf(values), reason: values.reason || '…' };
  pages.show(ctx, 'admin-stop-new', {
    ...form,
    issuers: issuers.map(({ slug, name }) => ({ slug, name })),
    outstanding: await outstandingOf(deps, values),
    now: clock.now(),
    machine: {
      curl: asCurl(publicUrl(), { method: 'POST', path: API, body }),
      yaml: undefined,
    },
  });
}

/** What is named, without what was left empty. */
function wordsOf({ user, issuer, room }: { user: string; issuer: string; room: string }) {
  const given = Object.entries({ user, issuer, room }).filter(([, value]) => value.trim() !== '');
  return Object.fromEntries(given) as { user?: string; issuer?: string; room?: string };
}

async function outstandingOf(
  deps: StopPagesDeps,
  values: FormParts['values'],
): Promise<Outstanding | undefined> {
  const words = wordsOf(values);
  if (words.user === undefined && words.issuer === undefined) return undefined;
  try {
    const { subject } = await findSubject(deps.stores, words);
    return await outstandingTokens(deps, subject);
  } catch (error) {
    if (isDomainError(error) && error.code === 'input_invalid') return undefined;
    throw error;
  }
}

function submitStop(deps: StopPagesDeps): Middleware {
  return async (ctx) => {
    const values = parse(body, await deps.forms.read(ctx), 'body');
    const { lasts, reason } = values;
    const seconds = lasts === 'open' ? undefined : Number(lasts);
    const endsAt =
      seconds === undefined ? {} : { endsAt: new Date(+deps.clock.now() + seconds * 1000) };
    try {
      const fields = { ...wordsOf(values), reason, ...endsAt };
      const stop = await stopTokens(deps, { fields, actor: actorOf(ctx) });
      return seeOther(ctx, `/admin/stops/${stop.id}?done=stopped`);
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'input_invalid') throw error;
      ctx.status = 400;
      const { issues } = error.details;
      const faults = Object.fromEntries(
        issues.map(({ path }) => [path as StopField, true as const]),
      );
      return showForm(ctx, deps, { values, faults });
    }
  };
}

function showStop(deps: StopPagesDeps): Middleware {
  return async (ctx) => {
    const { stores, clock, pages, publicUrl } = deps;
    const stop = await findStop(stores, param(ctx, 'id'));
    const { subject } = stop;
    const now = clock.now();
    const target =
      subject.kind === 'user' ? `user:${subject.userId}` : `issuer:${subject.issuerId}`;
    const shown = entryOf(stop, now);
    const outstanding = await outstandingTokens(deps, subject);
    pages.show(ctx, 'admin-stop', {
      stop: shown,
      outstanding,
      now,
      mayStop: may(ctx, 'tokens:stop'),
      historyHref: `/admin/audit?${new URLSearchParams({ type: 'stop', target }).toString()}`,
      machine: {
        curl: asCurl(publicUrl(), { method: 'DELETE', path: `${API}/${stop.id}` }),
        yaml: undefined,
        view: asYaml({ stop: { ...shown, outstanding } }),
      },
    });
  };
}

function submitLift(deps: StopPagesDeps): Middleware {
  return async (ctx) => {
    parse(z.strictObject({}), await deps.forms.read(ctx), 'body');
    const { id } = await liftStop(deps, { id: param(ctx, 'id'), actor: actorOf(ctx) });
    seeOther(ctx, `/admin/stops/${id}?done=lifted`);
  };
}

function entryOf(stop: TokenStop, now: Date): StopEntry {
  const { subject, ...same } = stop;
  return {
    ...same,
    kind: subject.kind,
    room: subject.kind === 'room' ? subject.pattern : undefined,
    state: stateOfStop(stop, now),
  };
}
