/**
 * An audit row as its pages show it.
 *
 * @module
 */
import { AUDIT_TYPES, type AuditType, type StoredAuditEvent } from '../../domain/audit-event.ts';
import type {
  AuditChange,
  AuditEntry,
  AuditFact,
  AuditFamily,
  AuditPages,
} from '../../http/page-contexts/audit.ts';
import type { CatalogSnapshot } from '../../operations/issuer-catalog.ts';

export function entryOf(event: StoredAuditEvent): AuditEntry {
  const { id, at, type, actorName, targetName, targetType, room, role, reason, ip } = event;
  return {
    id,
    at,
    type,
    actor: actorName,
    target: targetName ?? targetType,
    room,
    role,
    reason,
    ip,
  };
}

export function familiesOfTypes(): AuditFamily[] {
  const families = new Map<string, AuditType[]>();
  for (const type of AUDIT_TYPES) {
    const [name = ''] = type.split('.');
    families.set(name, [...(families.get(name) ?? []), type]);
  }
  return [...families].map(([name, types]) => ({ name, types }));
}

export function presentEvent(
  event: StoredAuditEvent,
  { bySlug }: Pick<CatalogSnapshot, 'bySlug'>,
): Omit<AuditPages['admin-audit-event'], 'machine'> {
  const { issuerId, targetType, targetId, actorId, actorName, requestId } = event;
  const issuer = [...bySlug.values()].find((live) => live.issuer.id === issuerId)?.issuer;
  const facts: readonly (readonly [AuditFact, string | undefined])[] = [
    ['issuer', issuer?.slug ?? issuerId],
    ['room', event.room],
    ['role', event.role],
    ['reason', event.reason],
    ['rule', event.rule],
    ['kid', event.kid],
    ['jti', event.jti],
    ['ip', event.ip],
    ['request_id', requestId],
    ['actor_id', actorId],
    ['target_type', targetType],
    ['target_id', targetId],
  ];
  const { before, after, ...rest } = event.details ?? {};
  const actor = actorId ?? actorName;
  return {
    event: entryOf(event),
    facts: facts.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])),
    changes: changesOf(before, after),
    details: Object.keys(rest).length > 0 ? JSON.stringify(rest, null, 2) : undefined,
    explainHref: explainHrefOf(event),
    requestHref: hrefOf({ request: requestId }),
    actorHref: hrefOf({ actor }),
    targetHref: hrefOf({ target: targetId && `${targetType ?? ''}:${targetId}` }),
  };
}

function explainHrefOf({ type, requestId }: StoredAuditEvent): string | undefined {
  const isDecision = type === 'token.denied' || type === 'token.issued';
  if (!isDecision || requestId === undefined) return undefined;
  return `/admin/explain?${new URLSearchParams({ reference: requestId }).toString()}`;
}

function hrefOf(filter: Readonly<Record<string, string | undefined>>): string | undefined {
  const [[name, value] = []] = Object.entries(filter);
  if (name === undefined || value === undefined || value === '') return undefined;
  return `/admin/audit?${new URLSearchParams({ [name]: value }).toString()}`;
}

function changesOf(before: unknown, after: unknown): AuditChange[] {
  const old = toRecord(before);
  const young = toRecord(after);
  const fields = [...new Set([...Object.keys(old), ...Object.keys(young)])].sort();
  return fields.map((field) => ({ field, before: show(old[field]), after: show(young[field]) }));
}

function toRecord(side: unknown): Readonly<Record<string, unknown>> {
  if (side === undefined || side === null) return {};
  return typeof side === 'object' && !Array.isArray(side) ? { ...side } : { value: side };
}

function show(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
