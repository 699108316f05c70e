import type { AuditEvent } from '../../domain/audit-event.ts';
import type { Client } from '../../domain/client.ts';
import { DomainError } from '../../domain/errors.ts';
import type { Issuer } from '../../domain/issuer.ts';
import type { ClientStanding } from '../../stores/clients.ts';
import type { Stores } from '../../stores/index.ts';

export interface ClientName {
  /** Of its issuer. */
  readonly slug: string;
  readonly clientId: string;
}

export interface FoundClient {
  readonly issuer: Issuer;
  readonly client: Client;
  readonly standing: ClientStanding;
}

/** @throws {DomainError} `issuer_not_found`, `client_not_found`. */
export async function findClient(
  { issuers, clients }: Pick<Stores, 'issuers' | 'clients'>,
  { slug, clientId }: ClientName,
): Promise<FoundClient> {
  const issuer = await issuers.findBySlug(slug);
  if (!issuer) throw new DomainError('issuer_not_found', { slug });
  const client = issuer.clients.find((one) => one.clientId === clientId);
  const standing = client && (await clients.findStanding({ issuerId: issuer.id, clientId }));
  if (!standing) throw new DomainError('client_not_found', { clientId });
  return { issuer, client, standing };
}

/** Of audit events. */
export function clientTarget(issuerId: string, clientId: string) {
  return {
    targetType: 'client',
    targetId: clientId,
    targetName: clientId,
    issuerId,
  } satisfies Partial<AuditEvent>;
}
