/**
 * The filters of the audit log, as addresses name them; the UI, the export and the API read the same.
 *
 * @module
 */
import { z } from 'zod';
import type { AuditFilters } from '../domain/audit-filters.ts';
import { isStorable } from './instant.ts';

/** Forms send what was left empty, too. */
const typed = z
  .string()
  .max(500)
  .transform((text) => (text.trim() === '' ? undefined : text.trim()))
  .optional();

const DAY_MS = 24 * 3_600_000;
const DATE = /^\d{4}-\d\d-\d\d$/;
const INSTANT = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
const isInstant = (text: string) => INSTANT.safeParse(text).success && isStorable(new Date(text));
const instant = typed.refine((text) => text === undefined || isInstant(text), {
  error: 'must be a date such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z',
});

export const auditQuery = z.strictObject({
  q: typed.meta({ description: 'Words that begin words of a row, or the beginning of an address' }),
  type: typed.meta({ description: 'A type, `token.denied`, or a family of types, `token`' }),
  actor: typed.meta({ description: 'Username, or id of a user' }),
  target: typed.meta({ description: '`user:{id}`, an id, or a kind of thing, `user`' }),
  issuer: typed.meta({ description: 'Slug, or the id of one that is gone' }),
  room: typed.meta({ description: 'Canonical name' }),
  ip: typed,
  request: typed.meta({ description: 'Reference id, as error pages show it' }),
  reason: typed.meta({ description: 'Code of an error or denial' }),
  from: instant.meta({ description: 'A date (of UTC) or a time' }),
  to: instant.meta({ description: 'A date, that day included, or a time, not included' }),
  order: z.enum(['newest', 'oldest']).default('newest'),
});
export type AuditQueryInput = z.output<typeof auditQuery>;

const UUID = z.uuid();
const isId = (text: string) => UUID.safeParse(text).success;
/** Of no issuer. */
const NOBODY = '00000000-0000-4000-8000-000000000000';

/** By its slug. */
type FindIssuerId = (slug: string) => string | undefined;

export function toAuditFilters(query: AuditQueryInput, findIssuerId: FindIssuerId): AuditFilters {
  const { q, type, actor, target, issuer, room, ip, request, reason, from, to } = query;
  return {
    q,
    type,
    ...(actor === undefined ? {} : isId(actor) ? { actorId: actor } : { actorName: actor }),
    ...(target === undefined ? {} : toTarget(target)),
    ...(issuer === undefined ? {} : { issuerId: toIssuerId(issuer, findIssuerId) }),
    room: room?.normalize('NFKC').toLowerCase(),
    ip: ip?.toLowerCase(),
    requestId: request?.toUpperCase(),
    reason,
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : toEnd(to),
  };
}

function toTarget(target: string): Pick<AuditFilters, 'targetType' | 'targetId'> {
  const colon = target.indexOf(':');
  if (colon > 0) return { targetType: target.slice(0, colon), targetId: target.slice(colon + 1) };
  return isId(target) ? { targetId: target } : { targetType: target };
}

function toIssuerId(issuer: string, findIssuerId: FindIssuerId): string {
  return isId(issuer) ? issuer : (findIssuerId(issuer) ?? NOBODY);
}

function toEnd(text: string): Date {
  const at = new Date(text);
  return DATE.test(text) ? new Date(at.getTime() + DAY_MS) : at;
}
