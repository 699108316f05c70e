import { Readable } from 'node:stream';
import { z } from 'zod';
import { AUDIT_TYPES, type StoredAuditEvent } from '../../domain/audit-event.ts';
import {
  AUDIT_FORMATS,
  auditToJson,
  CONTENT_TYPES,
  writeAudit,
} from '../../domain/audit-export.ts';
import { auditQuery, toAuditFilters } from '../../http/audit-query.ts';
import { PAGE_SIZE } from '../../http/list-query.ts';
import {
  RETENTION_MAX_DAYS,
  RETENTION_MIN_DAYS,
  readRetention,
} from '../../domain/audit-retention.ts';
import { type SetRetentionDeps, setAuditRetention } from '../../operations/audit-retention.ts';
import { type ExportAuditDeps, exportAudit } from '../../operations/export-audit.ts';
import { findAuditEvent } from '../../operations/find-audit-event.ts';
import { type IssuerCatalog, issuerIds } from '../../operations/issuer-catalog.ts';
import type { Stores } from '../../stores/index.ts';
import { type ApiRoute, apiRoute } from './route.ts';

export interface AuditApiDeps extends ExportAuditDeps, SetRetentionDeps {
  readonly stores: Pick<Stores, 'auditEvents' | 'transaction'>;
  readonly catalog: Pick<IssuerCatalog, 'current' | 'refresh'>;
}

const nullableText = z.string().nullable();
const auditEvent = z.object({
  id: z.string(),
  at: z.iso.datetime(),
  type: z.enum(AUDIT_TYPES),
  actorId: nullableText,
  actorName: nullableText,
  targetType: nullableText,
  targetId: nullableText,
  targetName: nullableText,
  issuerId: nullableText,
  room: nullableText,
  role: nullableText,
  reason: nullableText,
  rule: nullableText,
  kid: nullableText,
  jti: nullableText,
  ip: nullableText,
  requestId: nullableText,
  details: z.looseObject({}).nullable().meta({
    description: '`before` and `after` of a change, field by field, and whatever else is known',
  }),
});
const retention = z.object({
  days: z.number().int(),
  source: z.enum(['environment', 'setting', 'default']),
});

export function auditApi(deps: AuditApiDeps): readonly ApiRoute[] {
  const { stores, catalog } = deps;
  const present = (event: StoredAuditEvent) => auditToJson(event);
  const readDays = () => readRetention(deps.fixedRetentionDays, catalog.current().settings);

  return [
    apiRoute({
      method: 'GET',
      path: '/api/v1/audit-events',
      permission: 'audit:read',
      summary: 'The audit log, newest first unless asked otherwise',
      query: auditQuery.extend({ after: z.string().max(1000).optional() }),
      answers: {
        200: z.object({
          items: z.array(auditEvent),
          next: nullableText,
          total: z.object({
            count: z.number().int(),
            more: z.boolean().meta({ description: 'Counting stopped there: there are more' }),
          }),
        }),
      },
      async handle({ query: { after, ...query } }) {
        const filters = toAuditFilters(query, issuerIds(catalog));
        const [{ items, next }, total] = await Promise.all([
          stores.auditEvents.search({ ...filters, order: query.order, after, limit: PAGE_SIZE }),
          stores.auditEvents.count(filters),
        ]);
        return { status: 200, body: { items: items.map(present), next: next ?? null, total } };
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/api/v1/audit-events/export',
      permission: 'audit:read',
      summary: 'All that the filters find, as a file; written into the log itself',
      query: auditQuery.extend({ format: z.enum(AUDIT_FORMATS).default('jsonl') }),
      files: ['text/csv', 'application/json', 'application/x-ndjson'],
      answers: { 200: z.string().meta({ description: 'CSV, a JSON array, or JSON one a line' }) },
      async handle({ query: { format, ...query }, actor }) {
        const { order } = query;
        const filters = toAuditFilters(query, issuerIds(catalog));
        const batches = exportAudit(deps, { filters, order, actor });
        return {
          status: 200,
          stream: Readable.from(writeAudit(batches, format)),
          headers: { 'Content-Type': CONTENT_TYPES[format], 'Cache-Control': 'no-store' },
        };
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/api/v1/audit-events/:id',
      permission: 'audit:read',
      summary: 'One entry of the audit log',
      params: z.object({ id: z.string() }),
      answers: { 200: auditEvent },
      errors: ['audit_event_not_found'],
      async handle({ params }) {
        return { status: 200, body: present(await findAuditEvent(stores, params.id)) };
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/api/v1/settings/audit-retention',
      permission: 'settings:read',
      summary: 'How long entries of the audit log are kept, and who says so',
      answers: { 200: retention },
      async handle() {
        return { status: 200, body: readDays() };
      },
    }),
    apiRoute({
      method: 'PUT',
      path: '/api/v1/settings/audit-retention',
      permission: 'settings:write',
      summary: 'Keep entries of the audit log so long; older ones are removed within minutes',
      body: z.strictObject({
        days: z.number().int().min(RETENTION_MIN_DAYS).max(RETENTION_MAX_DAYS),
      }),
      answers: { 200: retention },
      errors: ['setting_fixed'],
      async handle({ body: { days }, actor }) {
        await setAuditRetention(deps, { days, actor });
        await catalog.refresh();
        return { status: 200, body: readDays() };
      },
    }),
  ];
}
