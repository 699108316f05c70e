import type { AuditEvent, StoredAuditEvent } from '../domain/audit-event.ts';
import type { AuditFilters } from '../domain/audit-filters.ts';
import type { Clock } from '../domain/clock.ts';
import type { Stores } from '../stores/index.ts';
import type { Actor } from './actor.ts';

export interface ExportAuditDeps {
  readonly stores: Pick<Stores, 'auditEvents'>;
  readonly clock: Clock;
}

export interface ExportAuditInput {
  readonly filters: AuditFilters;
  readonly order: 'newest' | 'oldest';
  readonly actor: Actor;
}

const BATCH = 1000;

/**
 * All that matches, page by page, so that neither a transaction nor the memory is held. Who takes
 * the log away is written into it, first.
 */
export async function* exportAudit(
  { stores, clock }: ExportAuditDeps,
  { filters, order, actor }: ExportAuditInput,
): AsyncGenerator<readonly StoredAuditEvent[]> {
  const now = clock.now();
  // What is written meanwhile would go on for ever, the oldest first.
  const to = filters.to ?? new Date(now.getTime() + 1);
  const { q: words, ...exact } = filters;
  const asked = Object.entries({ words, ...exact }).filter(([, value]) => value !== undefined);
  const event: AuditEvent = {
    at: now,
    type: 'audit.exported',
    ...actor,
    details: { filters: Object.fromEntries(asked) },
  };
  await stores.auditEvents.add(event);

  let after: string | undefined;
  do {
    const page = await stores.auditEvents.search({ ...filters, to, order, after, limit: BATCH });
    if (page.items.length > 0) yield page.items;
    after = page.next;
  } while (after !== undefined);
}
