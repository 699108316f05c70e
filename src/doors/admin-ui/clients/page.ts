/**
 * What the pages of clients share.
 *
 * @module
 */
import type { Context } from 'koa';
import { z } from 'zod';
import { type Client, needsSecret } from '../../../domain/client.ts';
import { representClient } from '../../../domain/client-view.ts';
import { fromClient } from '../../../domain/config-file/client-entry.ts';
import type { Issuer } from '../../../domain/issuer.ts';
import { asCurl } from '../../../http/as-curl.ts';
import { asYaml } from '../../../http/as-yaml.ts';
import type { MachineForm } from '../../../http/page-contexts/admin.ts';
import type { ClientStandingShown } from '../../../http/page-contexts/clients.ts';
import { may } from '../../../http/session.ts';
import type { FoundClient } from '../../../operations/clients/find-client.ts';
import type { IssuerPageDeps } from '../issuer-page.ts';

export type ClientPageDeps = IssuerPageDeps;

export const idQuery = z.strictObject({
  id: z.string().max(20_000),
  done: z.string().optional(),
});

export const addressOf = (slug: string, rest = '') => `/admin/issuers/${slug}/clients${rest}`;

export function editAddress(slug: string, clientId: string): string {
  return addressOf(slug, `/edit?id=${encodeURIComponent(clientId)}`);
}

export function discoveryOf({ slug }: Issuer, publicUrl: URL) {
  const realm = `${publicUrl.origin}/realms/${slug}`;
  return { realm, discovery: `${realm}/.well-known/openid-configuration` };
}

export function standingOf(
  ctx: Context,
  { clock, publicUrl }: Pick<ClientPageDeps, 'clock' | 'publicUrl'>,
  { issuer, client, standing }: FoundClient,
): ClientStandingShown {
  const { formerSecretEndsAt, secretChangedAt } = standing;
  const isOver = formerSecretEndsAt === undefined || formerSecretEndsAt <= clock.now();
  return {
    clientId: client.clientId,
    name: client.name,
    usesSecret: needsSecret(client),
    secretChangedAt,
    formerSecretEndsAt: isOver ? undefined : formerSecretEndsAt,
    mayChangeKeys: may(ctx, 'keys:write'),
    ...discoveryOf(issuer, publicUrl()),
  };
}

/** The same by machine. */
export function machineOfClient(
  { issuer, client }: { readonly issuer: Issuer; readonly client: Client },
  publicUrl: URL,
): MachineForm {
  const path = `/api/v1/issuers/${issuer.slug}/clients/${encodeURIComponent(client.clientId)}`;
  const { clientId: _id, ...body } = representClient(client);
  return {
    curl: asCurl(publicUrl, { method: 'PUT', path, body }),
    yaml: asYaml({ clients: [fromClient(client)] }),
  };
}
