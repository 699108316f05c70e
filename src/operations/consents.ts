/**
 * What people let clients know of them, and take back.
 *
 * @module
 */
import type { AuditEvent, AuditType } from '../domain/audit-event.ts';
import type { Clock } from '../domain/clock.ts';
import type { Stores } from '../stores/index.ts';
import type { ConsentPlace } from '../stores/oidc-consents.ts';
import type { Actor } from './actor.ts';

export interface ConsentDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
}

export interface ConsentInput {
  readonly place: ConsentPlace;
  readonly actor: Actor;
}

/** Beside what was given before. */
export async function giveConsent(
  { stores, clock }: ConsentDeps,
  { place, actor, scopes }: ConsentInput & { readonly scopes: readonly string[] },
): Promise<void> {
  await stores.transaction(async (tx) => {
    const before = (await tx.oidcConsents.find(place))?.scopes ?? [];
    const all = [...new Set([...before, ...scopes])];
    const now = clock.now();
    await tx.oidcConsents.give({ ...place, scopes: all, givenAt: now });
    const details = { before: { scopes: before }, after: { scopes: all } };
    await tx.auditEvents.add({ ...describe('consent.given', { place, actor }), at: now, details });
  });
}

/** A second time it does nothing. */
export async function withdrawConsent(
  { stores, clock }: ConsentDeps,
  input: ConsentInput,
): Promise<void> {
  await stores.transaction(async (tx) => {
    if (!(await tx.oidcConsents.withdraw(input.place))) return;
    await tx.auditEvents.add({ ...describe('consent.withdrawn', input), at: clock.now() });
  });
}

function describe(type: AuditType, { place, actor }: ConsentInput): Omit<AuditEvent, 'at'> {
  const { issuerId, clientId } = place;
  return { type, ...actor, targetType: 'client', targetId: clientId, issuerId };
}
