/**
 * Bringing everybody up to date with a directory: tried first, done, and what came of it.
 *
 * @module
 */
import type { Middleware } from 'koa';
import { z } from 'zod';
import type { Clock } from '../../../domain/clock.ts';
import { isListed, type Upstream } from '../../../domain/upstreams/upstream.ts';
import { actorOf } from '../../../http/actor.ts';
import { asCurl } from '../../../http/as-curl.ts';
import type { Forms } from '../../../http/form.ts';
import type { SyncCard } from '../../../http/page-contexts/upstream-syncs.ts';
import type { Pages } from '../../../http/pages.ts';
import { parse } from '../../../http/parse.ts';
import { seeOther } from '../../../http/see-other.ts';
import { may } from '../../../http/session.ts';
import { showSync } from '../../../http/show-sync.ts';
import { findUpstream } from '../../../operations/upstreams/find-upstream.ts';
import {
  findSync,
  wantSync,
  type WantSyncDeps,
} from '../../../operations/upstreams/wanted-sync.ts';
import type { Stores } from '../../../stores/index.ts';
import { param } from '../route.ts';

export interface UpstreamSyncDeps extends WantSyncDeps {
  readonly forms: Forms;
  readonly pages: Pages;
  readonly publicUrl: () => URL;
}

const HISTORY = 10;
const FAILURES = 5;
const body = z.strictObject({ how: z.enum(['try', 'do']) });
const nothing = z.strictObject({});

/** `POST /admin/upstreams/{slug}/syncs`: a process takes it up within seconds. */
export function submitSync(deps: UpstreamSyncDeps): Middleware {
  return async (ctx) => {
    const { how } = parse(body, await deps.forms.read(ctx), 'body');
    const slug = param(ctx, 'slug');
    const asked = { slug, trial: how === 'try', actor: actorOf(ctx) };
    const { id } = await wantSync(deps, asked);
    seeOther(ctx, `/admin/upstreams/${slug}/syncs/${id}`);
  };
}

/** `GET /admin/upstreams/{slug}/syncs/{id}`: looks again by itself while it is at work. */
export function showUpstreamSync(deps: UpstreamSyncDeps): Middleware {
  return async (ctx) => {
    const { stores, clock, pages, publicUrl } = deps;
    const upstream = await findUpstream(deps, param(ctx, 'slug'));
    const sync = showSync(await findSync(deps, upstream, param(ctx, 'id')));
    if (sync.underWay) ctx.set('Refresh', '2');
    const { slug, name, type, disabled } = upstream;
    const { items } = await stores.upstreamSyncs.list({ upstreamId: upstream.id, limit: 1 });
    const path = `/api/v1/upstreams/${slug}/syncs/${sync.id}`;
    pages.show(ctx, 'admin-upstream-sync', {
      current: { slug, name, type, disabled },
      sync,
      newest: isListed(upstream) && items[0]?.id === sync.id,
      mayWrite: may(ctx, 'upstreams:write'),
      machine: { curl: asCurl(publicUrl(), { method: 'GET', path }), yaml: undefined },
      now: clock.now(),
    });
  };
}

/** `POST /admin/upstreams/{slug}/syncs/{id}/confirm`: once more, shutting out who is gone. */
export function submitConfirmedSync(deps: UpstreamSyncDeps): Middleware {
  return async (ctx) => {
    parse(nothing, await deps.forms.read(ctx), 'body');
    const slug = param(ctx, 'slug');
    const asked = { slug, trial: false, confirms: param(ctx, 'id'), actor: actorOf(ctx) };
    const { id } = await wantSync(deps, asked);
    seeOther(ctx, `/admin/upstreams/${slug}/syncs/${id}`);
  };
}

interface CardDeps {
  readonly stores: Pick<Stores, 'upstreamSyncs'>;
  readonly clock: Clock;
}

/** Of a directory that has no list of its people there is nothing to show. */
export async function syncCardOf(
  { stores, clock }: CardDeps,
  upstream: Upstream,
): Promise<SyncCard | undefined> {
  if (upstream.type !== 'ldap') return undefined;
  const { id } = upstream;
  const { items } = await stores.upstreamSyncs.list({ upstreamId: id, limit: HISTORY });
  const history = items.map(showSync);
  const ended = await stores.upstreamSyncs.lastEnded(id);
  const last = ended && showSync(ended);
  const unusable = last?.outcomes.find(({ outcome }) => outcome === 'unusable');
  return {
    minutes: upstream.syncMinutes,
    listed: isListed(upstream),
    underWay: history.find(({ underWay }) => underWay),
    last,
    failures: unusable?.notes.slice(0, FAILURES) ?? [],
    history,
    now: clock.now(),
  };
}
