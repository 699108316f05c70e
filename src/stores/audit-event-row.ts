import type { AuditEvent, AuditType, StoredAuditEvent } from '../domain/audit-event.ts';
import { wordsOfEvent } from './audit-words.ts';

export interface AuditEventRow {
  id: string;
  at: Date;
  type: AuditType;
  actor_id: string | null;
  actor_name: string | null;
  target_type: string | null;
  target_id: string | null;
  target_name: string | null;
  issuer_id: string | null;
  room: string | null;
  role: string | null;
  reason: string | null;
  rule: string | null;
  kid: string | null;
  jti: string | null;
  ip: string | null;
  request_id: string | null;
  details: Record<string, unknown> | null;
}

/** As JSON for `jsonb_to_recordset`: what is absent becomes NULL there. */
export function auditEventToRow(event: AuditEvent) {
  return {
    at: event.at,
    type: event.type,
    actor_id: event.actorId,
    actor_name: event.actorName,
    target_type: event.targetType,
    target_id: event.targetId,
    target_name: event.targetName,
    issuer_id: event.issuerId,
    room: event.room,
    role: event.role,
    reason: event.reason,
    rule: event.rule,
    kid: event.kid,
    jti: event.jti,
    ip: event.ip,
    request_id: event.requestId,
    details: event.details,
    words: wordsOfEvent(event),
  };
}

/** All but `words`. */
export const AUDIT_COLUMNS = `
  id, at, type, actor_id, actor_name, target_type, target_id, target_name, issuer_id, room, role,
  reason, rule, kid, jti, ip, request_id, details`;

export function auditEventFromRow(row: AuditEventRow): StoredAuditEvent {
  return {
    id: row.id,
    at: row.at,
    type: row.type,
    actorId: row.actor_id ?? undefined,
    actorName: row.actor_name ?? undefined,
    targetType: row.target_type ?? undefined,
    targetId: row.target_id ?? undefined,
    targetName: row.target_name ?? undefined,
    issuerId: row.issuer_id ?? undefined,
    room: row.room ?? undefined,
    role: row.role ?? undefined,
    reason: row.reason ?? undefined,
    rule: row.rule ?? undefined,
    kid: row.kid ?? undefined,
    jti: row.jti ?? undefined,
    ip: row.ip ?? undefined,
    requestId: row.request_id ?? undefined,
    details: row.details ?? undefined,
  };
}
