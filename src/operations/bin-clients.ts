/**
 * Clients in the bin: the audit log knows them by the id their applications know.
 *
 * @module
 */
import type { BinItem } from '../domain/bin.ts';
import { checkClientEntries } from '../domain/config-file/check-client-entries.ts';
import { fromIssuer } from '../domain/config-file/issuer-entry.ts';
import { printPath } from '../domain/config-file/mistake.ts';
import { DomainError } from '../domain/errors.ts';
import type { StoresInTransaction } from '../stores/index.ts';
import type { Actor } from './actor.ts';
import { clientTarget } from './clients/find-client.ts';

type Item = Pick<BinItem, 'id'>;

export async function targetOfClient(
  { bin }: Pick<StoresInTransaction, 'bin'>,
  { id }: Item,
): Promise<ReturnType<typeof clientTarget>> {
  const clientId = String(await bin.columnOf(id, 'client_id'));
  return clientTarget(String(await bin.columnOf(id, 'issuer_id')), clientId);
}

/**
 * @throws {DomainError} `input_invalid` when the issuer has become one that the client must not
 *   stand in, with paths of the issuer.
 */
export async function restoreClient(
  tx: StoresInTransaction,
  item: Item,
  { now, actor }: { readonly now: Date; readonly actor: Actor },
): Promise<void> {
  const target = await targetOfClient(tx, item);
  await tx.bin.restore(item.id);
  const issuer = (await tx.issuers.list()).find(({ id }) => id === target.issuerId);
  const mistakes = issuer ? checkClientEntries(fromIssuer(issuer), []) : [];
  if (mistakes.length > 0)
    throw new DomainError('input_invalid', {
      issues: mistakes.map(({ path, message, hint }) => ({ path: printPath(path), message, hint })),
    });
  await tx.auditEvents.add({ at: now, type: 'client.restored', ...actor, ...target });
}
