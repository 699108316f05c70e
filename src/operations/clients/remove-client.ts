import { diffOf } from '../../domain/audit-diff.ts';
import type { BinItem } from '../../domain/bin.ts';
import type { Client } from '../../domain/client.ts';
import { representClient } from '../../domain/client-view.ts';
import { checkExpected, type Expectation } from '../../domain/expectation.ts';
import type { StoresInTransaction } from '../../stores/index.ts';
import type { Actor } from '../actor.ts';
import { moveToBin } from '../bin.ts';
import type { Removal } from '../bin-item.ts';
import { type ClientName, clientTarget, type FoundClient, findClient } from './find-client.ts';
import type { ClientDeps } from './save-client.ts';

export interface RemoveClientInput extends ClientName {
  readonly expected?: Expectation<Client> | undefined;
  readonly actor: Actor;
}

/**
 * Puts a client into the bin: it gets no token more, what people allowed it has ended, and so have
 * the tokens it was given. Put back, it goes on with the same secret, and people are asked again.
 *
 * @throws {DomainError} `issuer_not_found`, `client_not_found`, `changed_meanwhile`.
 */
export async function removeClient(
  { stores, clock, random }: ClientDeps,
  { slug, clientId, expected, actor }: RemoveClientInput,
): Promise<BinItem> {
  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const found = await findClient(tx, { slug, clientId });
    checkExpected(expected, found.client);
    const item = await putAway({ tx, now: clock.now(), random, actor }, found);
    await tx.catalogVersion.bump();
    return item;
  });
}

type Tx = Pick<StoresInTransaction, 'bin' | 'auditEvents'>;

/** For whoever holds the issuer, and tells the others. */
export async function putAway(
  removal: Removal & { readonly tx: Tx },
  { issuer, client, standing }: FoundClient,
): Promise<BinItem> {
  const { clientId } = client;
  const name = `${issuer.slug} / ${clientId}`;
  const item = await moveToBin(removal, { kind: 'client', objectId: standing.id, name });
  await removal.tx.auditEvents.add({
    at: removal.now,
    type: 'client.removed',
    ...removal.actor,
    ...clientTarget(issuer.id, clientId),
    details: { ...diffOf(representClient(client), undefined) },
  });
  return item;
}
