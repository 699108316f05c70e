/**
 * Secrets of clients: Roomkey makes them, and tells each once.
 *
 * @module
 */
import { FORMER_SECRET_SECONDS, needsSecret } from '../../domain/client.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Actor } from '../actor.ts';
import { type ClientName, clientTarget, type FoundClient, findClient } from './find-client.ts';
import type { ClientDeps } from './save-client.ts';

export interface RotateSecretInput extends ClientName {
  /** How long the secret there is stays good; 0 ends it at once. Default: a day. */
  readonly overlapSeconds?: number | undefined;
  readonly actor: Actor;
}

export interface RotatedSecret extends FoundClient {
  /** Nobody can be told again. */
  readonly secret: string;
}

/**
 * Makes another secret. The one before is good for a while; one that was good beside it ends now.
 *
 * @throws {DomainError} `issuer_not_found`, `client_not_found`, `client_without_secret`.
 */
export async function rotateClientSecret(
  { stores, clock, random }: ClientDeps,
  { overlapSeconds = FORMER_SECRET_SECONDS, actor, ...name }: RotateSecretInput,
): Promise<RotatedSecret> {
  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const { issuer, client, standing } = await findClient(tx, name);
    if (!needsSecret(client)) throw new DomainError('client_without_secret', name);
    const now = clock.now();
    const secret = random.token();
    const endsAt = new Date(now.getTime() + overlapSeconds * 1000);
    const place = { issuerId: issuer.id, clientId: client.clientId };
    await tx.clients.setSecret(place, secret, now, endsAt);
    await tx.catalogVersion.bump();
    const hadOne = standing.secretChangedAt !== undefined;
    await tx.auditEvents.add({
      at: now,
      type: 'client.secret_made',
      ...actor,
      ...clientTarget(issuer.id, client.clientId),
      details: {
        before: hadOne ? { secret: 'set' } : {},
        after: {
          secret: hadOne ? 'changed' : 'set',
          ...(hadOne ? { formerSecretEndsAt: endsAt } : {}),
        },
      },
    });
    return { ...(await findClient(tx, name)), secret };
  });
}

/**
 * Ends the secret before the one there is. A second time it does nothing.
 *
 * @throws {DomainError} `issuer_not_found`, `client_not_found`.
 */
export async function endFormerSecret(
  { stores, clock }: Omit<ClientDeps, 'random'>,
  { actor, ...name }: ClientName & { readonly actor: Actor },
): Promise<FoundClient> {
  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const found = await findClient(tx, name);
    const { formerSecretEndsAt } = found.standing;
    if (formerSecretEndsAt === undefined) return found;
    const now = clock.now();
    const place = { issuerId: found.issuer.id, clientId: name.clientId };
    await tx.clients.endFormerSecret(place);
    if (formerSecretEndsAt <= now) return findClient(tx, name);
    await tx.catalogVersion.bump();
    await tx.auditEvents.add({
      at: now,
      type: 'client.secret_ended',
      ...actor,
      ...clientTarget(found.issuer.id, name.clientId),
      details: { before: { formerSecretEndsAt }, after: { formerSecretEndsAt: now } },
    });
    return findClient(tx, name);
  });
}
