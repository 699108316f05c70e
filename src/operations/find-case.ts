/**
 * From the reference id on a refusal page back to the case: who, where, when, and what was said.
 *
 * @module
 */
import type { StoredAuditEvent } from '../domain/audit-event.ts';
import type { PastCase } from '../domain/explain/past-case.ts';
import { DomainError } from '../domain/errors.ts';
import type { AuthFacts } from '../domain/rules/facts.ts';
import type { Stores } from '../stores/index.ts';
import type { IssuerCatalog } from './issuer-catalog.ts';

export interface FindCaseDeps {
  readonly stores: Pick<Stores, 'auditEvents' | 'users'>;
  readonly catalog: Pick<IssuerCatalog, 'refresh'>;
}

/** @throws {DomainError} `reference_not_found`: no decision was written down under it. */
export async function findCase(
  { stores, catalog }: FindCaseDeps,
  reference: string,
): Promise<PastCase> {
  const events = await stores.auditEvents.list({ requestId: reference, limit: 20 });
  const event = events.find(isDecision);
  if (!event) throw new DomainError('reference_not_found', { reference });

  const { bySlug } = await catalog.refresh();
  const live = [...bySlug.values()].find(({ issuer }) => issuer.id === event.issuerId);
  const { id, name } = whoseToken(event);
  const user = id === undefined ? undefined : await stores.users.findById(id);
  const { tenant, auth, clientId } = event.details ?? {};
  return {
    reference,
    issuer: live?.issuer.slug,
    username: user?.username ?? name ?? '',
    userGone: user === undefined,
    room: event.room,
    client: textOf(clientId),
    tenant: textOf(tenant),
    at: event.at,
    ip: event.ip,
    auth: readAuth(auth),
    outcome: event.type === 'token.issued' ? 'allowed' : 'denied',
    reason: event.reason,
    rule: event.rule,
    role: event.role,
  };
}

function isDecision({ type }: StoredAuditEvent): boolean {
  return type === 'token.denied' || type === 'token.issued';
}

/** Who asked for it is the actor, whom it is for the target, when that is somebody else. */
function whoseToken(event: StoredAuditEvent) {
  const { targetType, targetId, targetName, actorId, actorName } = event;
  return targetType === 'user'
    ? { id: targetId, name: targetName }
    : { id: actorId, name: actorName };
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

function readAuth(value: unknown): AuthFacts | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { methods, mfa, ageSeconds } = value as Record<string, unknown>;
  if (!Array.isArray(methods) || typeof mfa !== 'boolean' || typeof ageSeconds !== 'number')
    return undefined;
  return { methods: methods.map(String), mfa, ageSeconds };
}
