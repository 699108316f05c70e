/**
 * The audit log: found, read, taken away as a file, kept as long as wanted.
 *
 * @module
 */
import { Readable } from 'node:stream';
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import {
  AUDIT_FORMATS,
  type AuditFormat,
  CONTENT_TYPES,
  writeAudit,
} from '../../domain/audit-export.ts';
import { isDomainError } from '../../domain/errors.ts';
import { actorOf } from '../../http/actor.ts';
import { asCurl } from '../../http/as-curl.ts';
import { type AuditQueryInput, auditQuery, toAuditFilters } from '../../http/audit-query.ts';
import type { Forms } from '../../http/form.ts';
import { hrefWith, listFrame, PAGE_SIZE } from '../../http/list-query.ts';
import type { AuditPages } from '../../http/page-contexts/audit.ts';
import type { Pages } from '../../http/pages.ts';
import { parse } from '../../http/parse.ts';
import { readQuery } from '../../http/query.ts';
import { seeOther } from '../../http/see-other.ts';
import { readRetention } from '../../domain/audit-retention.ts';
import { setAuditRetention } from '../../operations/audit-retention.ts';
import { type ExportAuditDeps, exportAudit } from '../../operations/export-audit.ts';
import { findAuditEvent } from '../../operations/find-audit-event.ts';
import { type IssuerCatalog, issuerIds } from '../../operations/issuer-catalog.ts';
import type { Stores } from '../../stores/index.ts';
import { entryOf, familiesOfTypes, presentEvent } from './audit-entry.ts';
import { type AdminRoute, freshPost, get, param } from './route.ts';

export interface AuditPagesDeps extends ExportAuditDeps {
  readonly stores: Pick<Stores, 'auditEvents' | 'transaction'>;
  readonly catalog: Pick<IssuerCatalog, 'current'>;
  readonly forms: Forms;
  readonly pages: Pages;
  readonly publicUrl: () => URL;
  readonly fixedRetentionDays: number | undefined;
}

const listing = auditQuery.extend({
  after: z.string().max(1000).optional(),
  done: z.string().optional(),
});
const exporting = auditQuery.extend({ format: z.enum(AUDIT_FORMATS) });
const retentionBody = z.strictObject({ days: z.string().max(20) });

export function auditRoutes(deps: AuditPagesDeps): readonly AdminRoute[] {
  return [
    get('/admin/audit', 'audit:read', (ctx) => showAudit(ctx, deps, { retentionFault: false })),
    get('/admin/audit/export', 'audit:read', sendExport(deps)),
    freshPost('/admin/audit/retention', 'settings:write', submitRetention(deps)),
    get('/admin/audit/:id', 'audit:read', showEvent(deps)),
  ];
}

async function showAudit(
  ctx: Context,
  { stores, catalog, clock, pages, publicUrl, fixedRetentionDays }: AuditPagesDeps,
  { retentionFault }: { readonly retentionFault: boolean },
): Promise<void> {
  const { after, done: _done, ...query } = readQuery(ctx, listing);
  const filters = toAuditFilters(query, issuerIds(catalog));
  const [page, total] = await Promise.all([
    stores.auditEvents.search({ ...filters, order: query.order, after, limit: PAGE_SIZE }),
    stores.auditEvents.count(filters),
  ]);
  const issuers = [...catalog.current().bySlug.values()].map(({ issuer }) => issuer);
  pages.show(ctx, 'admin-audit', {
    list: listFrame(ctx, { q: query.q ?? '', total, next: page.next }),
    filters: formOf(query),
    events: page.items.map(entryOf),
    families: familiesOfTypes(),
    issuers: issuers.map(({ slug, name }) => ({ slug, name })),
    exports: exportsOf(ctx),
    retention: readRetention(fixedRetentionDays, catalog.current().settings),
    retentionFault,
    now: clock.now(),
    machine: { curl: asCurl(publicUrl(), { method: 'GET', path: apiPath(ctx) }), yaml: undefined },
  });
}

function formOf(query: AuditQueryInput): AuditPages['admin-audit']['filters'] {
  const { type, actor, target, issuer, room, ip, request, reason, from, to, order } = query;
  const folded = [actor, target, room, ip, request, reason];
  return {
    type: type ?? '',
    actor: actor ?? '',
    target: target ?? '',
    issuer: issuer ?? '',
    room: room ?? '',
    ip: ip ?? '',
    request: request ?? '',
    reason: reason ?? '',
    from: from ?? '',
    to: to ?? '',
    order,
    hasMore: folded.some((value) => value !== undefined) || order === 'oldest',
  };
}

function exportsOf(ctx: Context): AuditPages['admin-audit']['exports'] {
  const { search } = new URL(hrefWith(ctx, { after: undefined }), 'http://x');
  const href = (format: AuditFormat) => {
    const params = new URLSearchParams(search);
    params.set('format', format);
    return `/admin/audit/export?${params.toString()}`;
  };
  return { csv: href('csv'), json: href('json'), jsonl: href('jsonl') };
}

function apiPath(ctx: Context): string {
  const { search } = new URL(hrefWith(ctx, { after: undefined }), 'http://x');
  return `/api/v1/audit-events${search}`;
}

function sendExport(deps: AuditPagesDeps): Middleware {
  return (ctx) => {
    const { format, order, ...query } = readQuery(ctx, exporting);
    const filters = toAuditFilters({ ...query, order }, issuerIds(deps.catalog));
    const batches = exportAudit(deps, { filters, order, actor: actorOf(ctx) });
    const day = deps.clock.now().toISOString().slice(0, 10);
    ctx.set({
      'Content-Type': CONTENT_TYPES[format],
      'Content-Disposition': `attachment; filename="roomkey-audit-${day}.${format}"`,
      'Cache-Control': 'no-store',
    });
    ctx.body = Readable.from(writeAudit(batches, format));
  };
}

function submitRetention(deps: AuditPagesDeps): Middleware {
  return async (ctx) => {
    const { days } = parse(retentionBody, await deps.forms.read(ctx), 'body');
    try {
      await setAuditRetention(deps, {
        days: Number(days.trim() || Number.NaN),
        actor: actorOf(ctx),
      });
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'input_invalid') throw error;
      ctx.status = 400;
      return showAudit(ctx, deps, { retentionFault: true });
    }
    return seeOther(ctx, '/admin/audit?done=saved');
  };
}

function showEvent({ stores, catalog, pages, publicUrl }: AuditPagesDeps): Middleware {
  return async (ctx) => {
    const event = await findAuditEvent(stores, param(ctx, 'id'));
    const path = `/api/v1/audit-events/${event.id}`;
    pages.show(ctx, 'admin-audit-event', {
      ...presentEvent(event, catalog.current()),
      machine: { curl: asCurl(publicUrl(), { method: 'GET', path }), yaml: undefined },
    });
  };
}
