import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { fromUpstream } from '../../../domain/config-file/upstream-entry.ts';
import type { InputIssue } from '../../../domain/errors.ts';
import { representUpstream } from '../../../domain/upstreams/represent.ts';
import {
  callbackPath,
  DIRECTORIES,
  type Upstream,
  UPSTREAM_TYPES,
  type UpstreamType,
} from '../../../domain/upstreams/upstream.ts';
import { authorOf } from '../../../http/actor.ts';
import { asCurl } from '../../../http/as-curl.ts';
import { asYaml } from '../../../http/as-yaml.ts';
import { etagOf, expecting } from '../../../http/etag.ts';
import type { Forms } from '../../../http/form.ts';
import type { UpstreamSubject } from '../../../http/page-contexts/upstream-subject.ts';
import type { Pages } from '../../../http/pages.ts';
import { parse } from '../../../http/parse.ts';
import { readQuery } from '../../../http/query.ts';
import { seeOther } from '../../../http/see-other.ts';
import { may } from '../../../http/session.ts';
import { findUpstream } from '../../../operations/upstreams/find-upstream.ts';
import { removeUpstream } from '../../../operations/upstreams/remove-upstream.ts';
import {
  type SaveUpstreamDeps,
  saveUpstream,
} from '../../../operations/upstreams/save-upstream.ts';
import type { Stores } from '../../../stores/index.ts';
import { attempt } from '../issuer-page.ts';
import { param } from '../route.ts';
import { fieldsOf } from './fields.ts';
import {
  firstValues,
  toUpstreamFields,
  typedOf,
  upstreamForm,
  type UpstreamValues,
  valuesOf,
} from './form.ts';
import { syncCardOf } from './syncs.ts';

export interface UpstreamPageDeps extends SaveUpstreamDeps {
  readonly stores: Pick<Stores, 'identities' | 'transaction' | 'upstreams' | 'upstreamSyncs'>;
  readonly forms: Forms;
  readonly pages: Pages;
}

const LIST = '/admin/upstreams';
const doneQuery = z.strictObject({ done: z.string().max(40).optional() });
const newQuery = z.strictObject({
  type: z.enum(UPSTREAM_TYPES).default('oidc'),
  directory: z.enum(DIRECTORIES).optional(),
});
const type = z.enum(UPSTREAM_TYPES);
const etag = z.string().min(1).max(200);

/** Longer texts are refused by the checks, with words; this bounds what they look at. */
const text = z.string().max(100_000).optional();

function bodyOf(wanted: UpstreamType) {
  const asked = fieldsOf(wanted).map(({ name }) => [name, text] as const);
  return z.strictObject({ type, slug: text, etag: text, ...Object.fromEntries(asked) });
}

/** `GET /admin/upstreams` */
export function showUpstreams({ stores, pages, publicUrl }: UpstreamPageDeps): Middleware {
  return async (ctx) => {
    readQuery(ctx, doneQuery);
    const upstreams = await stores.upstreams.list();
    const shown = upstreams.map(async (upstream) => ({
      ...subjectOf(upstream),
      host: hostOf(upstream),
      people: await stores.identities.countOf(upstream.id),
    }));
    pages.show(ctx, 'admin-upstreams', {
      upstreams: await Promise.all(shown),
      mayWrite: may(ctx, 'upstreams:write'),
      machine: {
        curl: asCurl(publicUrl(), { method: 'GET', path: '/api/v1/upstreams' }),
        yaml: asYaml({ upstreams: upstreams.map(fromUpstream) }),
      },
    });
  };
}

/** `GET /admin/upstreams/new?type=&directory=` */
export function showNewUpstream(deps: UpstreamPageDeps): Middleware {
  return (ctx) => {
    const { type: wanted, directory } = readQuery(ctx, newQuery);
    const values = firstValues(wanted);
    const chosen = wanted === 'ldap' && directory ? { ...values, directory } : values;
    return showForm(ctx, deps, { type: wanted, values: chosen });
  };
}

/** `POST /admin/upstreams/new` */
export function submitNewUpstream(deps: UpstreamPageDeps): Middleware {
  return async (ctx) => {
    const sent = await deps.forms.read(ctx);
    const wanted = parse(z.object({ type }), sent, 'body').type;
    const values = typedOf(wanted, parse(bodyOf(wanted), sent, 'body'));
    const slug = (values.slug ?? '').trim();
    const fields = toUpstreamFields(wanted, values);
    const made = await attempt(
      saveUpstream(deps, { slug, fields, how: 'create', ...authorOf(ctx) }),
    );
    if (made.ok) return seeOther(ctx, `${LIST}/${slug}?done=created`);
    ctx.status = 400;
    return showForm(ctx, deps, { type: wanted, values, issues: made.issues });
  };
}

/** `GET /admin/upstreams/{slug}` */
export function showUpstream(deps: UpstreamPageDeps): Middleware {
  return async (ctx) => {
    readQuery(ctx, doneQuery);
    const upstream = await findUpstream(deps, param(ctx, 'slug'));
    return showForm(ctx, deps, { type: upstream.type, upstream, values: valuesOf(upstream) });
  };
}

/** `POST /admin/upstreams/{slug}` */
export function submitUpstream(deps: UpstreamPageDeps): Middleware {
  return async (ctx) => {
    const sent = await deps.forms.read(ctx);
    const upstream = await findUpstream(deps, param(ctx, 'slug'));
    const { slug } = upstream;
    const body = bodyOf(upstream.type).extend({ etag });
    const { etag: tag, ...typed } = parse(body, sent, 'body');
    const values = { ...typedOf(upstream.type, typed), slug };
    const saved = await attempt(
      saveUpstream(deps, {
        slug,
        fields: toUpstreamFields(upstream.type, values),
        how: 'replace',
        expected: expecting(tag, representUpstream),
        ...authorOf(ctx),
      }),
    );
    if (saved.ok) return seeOther(ctx, `${LIST}/${slug}?done=saved`);
    ctx.status = 400;
    return showForm(ctx, deps, { type: upstream.type, upstream, values, issues: saved.issues });
  };
}

/** `POST /admin/upstreams/{slug}/remove`: into the bin. */
export function submitRemoveUpstream(deps: UpstreamPageDeps): Middleware {
  return async (ctx) => {
    const fields = parse(z.strictObject({ etag }), await deps.forms.read(ctx), 'body');
    const { slug } = await findUpstream(deps, param(ctx, 'slug'));
    const expected = expecting(fields.etag, representUpstream);
    await removeUpstream(deps, { slug, expected, ...authorOf(ctx) });
    seeOther(ctx, `${LIST}?done=removed`);
  };
}

interface Shown {
  readonly type: UpstreamType;
  /** None for a new one. */
  readonly upstream?: Upstream;
  readonly values: UpstreamValues;
  readonly issues?: readonly InputIssue[];
}

async function showForm(ctx: Context, deps: UpstreamPageDeps, shown: Shown): Promise<void> {
  const { upstream, values, issues = [] } = shown;
  const { stores, pages, publicUrl } = deps;
  const path = upstream && `/api/v1/upstreams/${upstream.slug}`;
  pages.show(ctx, 'admin-upstream', {
    current: upstream && subjectOf(upstream),
    type: shown.type,
    form: upstreamForm(shown.type, values, { upstream, issues }),
    etag: upstream ? etagOf(representUpstream(upstream)) : '',
    mayWrite: may(ctx, 'upstreams:write'),
    sync: upstream && (await syncCardOf(deps, upstream)),
    people: upstream ? await stores.identities.countOf(upstream.id) : 0,
    callbackUrl: callbackUrlOf(upstream ?? shown.type, publicUrl()),
    machine:
      upstream && path !== undefined
        ? {
            curl: asCurl(publicUrl(), { method: 'GET', path }),
            yaml: asYaml({ upstreams: [fromUpstream(upstream)] }),
          }
        : undefined,
  });
}

/** Of a new one the slug is not known yet. */
function callbackUrlOf(upstream: Upstream | UpstreamType, { origin }: URL): string | undefined {
  if (upstream === 'oidc') return `${origin}${callbackPath({ slug: '…', callback: undefined })}`;
  return typeof upstream === 'object' && upstream.type === 'oidc'
    ? `${origin}${callbackPath(upstream)}`
    : undefined;
}

function subjectOf({ slug, name, type, disabled }: Upstream): UpstreamSubject {
  return { slug, name, type, disabled };
}

function hostOf(upstream: Upstream): string {
  const address = upstream.type === 'oidc' ? upstream.issuerUrl : (upstream.urls[0] ?? '');
  return URL.parse(address)?.host ?? address;
}
