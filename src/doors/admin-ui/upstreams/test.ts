/**
 * "Test this directory": each step with what was sent and received, and what would come of it.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { DomainError, isDomainError } from '../../../domain/errors.ts';
import { MAIN_SLUG } from '../../../domain/slug.ts';
import { isUuid } from '../../../domain/uuid.ts';
import { clientIp } from '../../../http/client-ip.ts';
import type { Forms } from '../../../http/form.ts';
import type { ShownTrial, UpstreamPages } from '../../../http/page-contexts/upstreams.ts';
import type { Pages } from '../../../http/pages.ts';
import { parse } from '../../../http/parse.ts';
import { requestReference } from '../../../http/request-id.ts';
import { requireSignedIn } from '../../../http/session.ts';
import { showTrial } from '../../../http/show-trial.ts';
import type { IssuerCatalog, LiveUpstream } from '../../../operations/issuer-catalog.ts';
import { tryCounted, type TryCountedDeps } from '../../../operations/upstreams/try-counted.ts';
import { param } from '../route.ts';

export interface UpstreamTestDeps extends TryCountedDeps {
  readonly catalog: Pick<IssuerCatalog, 'current' | 'refresh'>;
  readonly forms: Forms;
  readonly pages: Pages;
}

type Page = UpstreamPages['admin-upstream-test'];

const body = z.strictObject({
  issuer: z.string().max(40).default(''),
  room: z.string().max(1000).default(''),
  login: z.string().max(400).default(''),
  password: z.string().max(10_000).default(''),
});
const NOTHING = { issuer: '', room: '', login: '' };

/** `GET /admin/upstreams/{slug}/test` */
export function showUpstreamTest(deps: UpstreamTestDeps): Middleware {
  return async (ctx) => show(ctx, deps, { live: await find(ctx, deps), values: NOTHING });
}

/** `POST /admin/upstreams/{slug}/test`. The password is sent to the directory and kept nowhere. */
export function submitUpstreamTest(deps: UpstreamTestDeps): Middleware {
  return async (ctx) => {
    const { password, ...values } = parse(body, await deps.forms.read(ctx), 'body');
    const live = await find(ctx, deps);
    const { user } = requireSignedIn(ctx);
    try {
      const tried = await tryCounted(deps, {
        live,
        issuer: values.issuer,
        room: values.room,
        person: { login: values.login, password },
        userId: user.id,
        ip: clientIp(ctx),
        requestId: requestReference(ctx),
      });
      const signInHref =
        tried.token === undefined
          ? undefined
          : `/upstream/${live.upstream.slug}/login?${new URLSearchParams({ test: tried.token }).toString()}`;
      show(ctx, deps, { live, values, trial: showTrial(tried), signInHref });
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'room_invalid') throw error;
      ctx.status = 400;
      show(ctx, deps, { live, values, fault: 'room_invalid' });
    }
  };
}

/** `GET /admin/upstreams/{slug}/test/{id}` */
export function showUpstreamTrial(deps: UpstreamTestDeps): Middleware {
  return async (ctx) => {
    const live = await find(ctx, deps);
    const id = param(ctx, 'id');
    const trial = isUuid(id)
      ? await deps.stores.upstreamTrials.find(id, deps.clock.now())
      : undefined;
    if (trial?.upstreamId !== live.upstream.id) throw new DomainError('page_not_found', undefined);
    const { issuer, room } = trial;
    show(ctx, deps, { live, values: { issuer, room, login: '' }, trial: showTrial(trial) });
  };
}

interface Shown {
  readonly live: LiveUpstream;
  readonly values: Page['values'];
  readonly fault?: Page['fault'];
  readonly signInHref?: string | undefined;
  readonly trial?: ShownTrial;
}

function show(ctx: Context, { pages, catalog }: UpstreamTestDeps, shown: Shown): void {
  const issuers = [...catalog.current().bySlug.values()].map(
    ({ issuer: { slug, name } }) => [slug, `${name} (${slug})`] as const,
  );
  const { slug, name, type, disabled } = shown.live.upstream;
  pages.show(ctx, 'admin-upstream-test', {
    current: { slug, name, type, disabled },
    issuers,
    values: { ...shown.values, issuer: shown.values.issuer || MAIN_SLUG },
    fault: shown.fault,
    signInHref: shown.signInHref,
    trial: shown.trial,
  });
}

/** As it is now: it may have been saved a moment ago. */
async function find(ctx: Context, { catalog }: UpstreamTestDeps): Promise<LiveUpstream> {
  const slug = param(ctx, 'slug');
  const live = (await catalog.refresh()).upstreams.get(slug);
  if (!live) throw new DomainError('upstream_not_found', { slug });
  return live;
}
