/**
 * A client made or changed by hand. It is checked by the code that checks a configuration file:
 * what one takes, the other takes.
 *
 * @module
 */
import { diffOf, isEmpty } from '../../domain/audit-diff.ts';
import { type Client, needsSecret } from '../../domain/client.ts';
import { representClient } from '../../domain/client-view.ts';
import type { Clock, Random } from '../../domain/clock.ts';
import { toClient } from '../../domain/config-file/client-entry.ts';
import { type ClientFields, readClient } from '../../domain/config-file/read-client.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Expectation } from '../../domain/expectation.ts';
import type { Stores, StoresInTransaction } from '../../stores/index.ts';
import type { Actor } from '../actor.ts';
import { type ClientName, clientTarget, type FoundClient, findClient } from './find-client.ts';

export interface ClientDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
  readonly random: Random;
}

export interface SaveClientInput extends ClientName {
  /** All that is declared of it: what is not named has its default. */
  readonly fields: ClientFields;
  /** `replace` makes it, too, when there is none. */
  readonly how: 'create' | 'replace';
  /** Asked of the client there is, while nobody else can change it; without one it is not met. */
  readonly expected?: Expectation<Client> | undefined;
  readonly actor: Actor;
}

export interface SavedClient extends FoundClient {
  readonly outcome: 'created' | 'changed' | 'unchanged';
  /** Made just now, because it needs one and had none: nobody can be told again. */
  readonly secret: string | undefined;
}

/**
 * Holds at the next request, in every process.
 *
 * @throws {DomainError} `issuer_not_found`, `client_id_taken`, `changed_meanwhile`, and
 *   `input_invalid` with paths of the client: `redirectUris[1]`.
 */
export async function saveClient(
  { stores, clock, random }: ClientDeps,
  { slug, clientId, fields, how, expected, actor }: SaveClientInput,
): Promise<SavedClient> {
  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const now = clock.now();
    const issuer = await tx.issuers.findBySlug(slug);
    if (!issuer) throw new DomainError('issuer_not_found', { slug });
    const before = issuer.clients.find((one) => one.clientId === clientId);
    if (how === 'create' && before) throw new DomainError('client_id_taken', { clientId });
    if (expected && !(before && expected(before)))
      throw new DomainError('changed_meanwhile', undefined);

    if ((fields.clientId ?? clientId) !== clientId) throw renamed();
    const client = readOrThrow({ ...fields, clientId }, issuer);
    const secret = (await lacksSecret(tx, issuer.id, client)) ? random.token() : undefined;
    const diff = differenceOf(before, client, secret);
    const name = { slug, clientId };
    if (isEmpty(diff))
      return { ...(await findClient(tx, name)), outcome: 'unchanged', secret: undefined };

    await tx.clients.put(issuer.id, client);
    if (secret !== undefined)
      await tx.clients.setSecret({ issuerId: issuer.id, clientId }, secret, now);
    await tx.catalogVersion.bump();
    await tx.auditEvents.add({
      at: now,
      type: before ? 'client.updated' : 'client.created',
      ...actor,
      ...clientTarget(issuer.id, clientId),
      details: { ...diff },
    });
    const outcome = before ? 'changed' : 'created';
    return { ...(await findClient(tx, name)), outcome, secret };
  });
}

function readOrThrow(fields: ClientFields, issuer: FoundClient['issuer']): Client {
  const { entry, issues } = readClient(fields, issuer);
  if (!entry) throw new DomainError('input_invalid', { issues });
  return toClient(entry);
}

function renamed() {
  const issues = [{ path: 'clientId', message: 'cannot be changed: applications know it' }];
  return new DomainError('input_invalid', { issues });
}

async function lacksSecret(
  { clients }: Pick<StoresInTransaction, 'clients'>,
  issuerId: string,
  client: Client,
): Promise<boolean> {
  if (!needsSecret(client)) return false;
  const standing = await clients.findStanding({ issuerId, clientId: client.clientId });
  return standing?.secretChangedAt === undefined;
}

function differenceOf(before: Client | undefined, after: Client, secret: string | undefined) {
  const made = secret === undefined ? {} : { secret };
  return diffOf(before && representClient(before), { ...representClient(after), ...made }, [
    'secret',
  ]);
}
