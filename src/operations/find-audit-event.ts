import type { StoredAuditEvent } from '../domain/audit-event.ts';
import { DomainError } from '../domain/errors.ts';
import type { Stores } from '../stores/index.ts';

/** @throws {DomainError} `audit_event_not_found`. */
export async function findAuditEvent(
  { auditEvents }: Pick<Stores, 'auditEvents'>,
  id: string,
): Promise<StoredAuditEvent> {
  const event = /^\d{1,18}$/.test(id) ? await auditEvents.find(id) : undefined;
  if (!event) throw new DomainError('audit_event_not_found', undefined);
  return event;
}
