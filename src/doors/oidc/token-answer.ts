/**
 * The last step of the token endpoint: after the protocol has said yes, our rules are asked, and the
 * access token is made. oidc-provider's own never leaves the process.
 *
 * @module
 */
import type { Context } from 'koa';
import { z } from 'zod';
import { artifactName } from '../../crypto/digest.ts';
import { DomainError, isDomainError } from '../../domain/errors.ts';
import { clientIp } from '../../http/client-ip.ts';
import { requestReference } from '../../http/request-id.ts';
import { type ClientToken, issueClientToken } from '../../operations/issue-client-token.ts';
import { holderOf } from './accounts.ts';
import { entryOf } from './admission.ts';
import { findClient, type OidcDeps, oidcOf, type Realm, realmOf } from './realm.ts';

const answerSchema = z.looseObject({ access_token: z.string() });

export async function finishToken(deps: OidcDeps, realm: Realm, ctx: Context): Promise<void> {
  const oidc = oidcOf(ctx);
  const answer = answerSchema.safeParse(ctx.body);
  if (oidc?.route !== 'token' || !answer.success) return;

  const { AuthorizationCode: code, RefreshToken: refreshed, AccessToken: made } = oidc.entities;
  const source = code ?? refreshed;
  if (!source || !made) throw new Error('an answer without what it came from');
  try {
    const { token, expiresInSeconds } = await issue(deps, realm, ctx, {
      clientId: made.clientId ?? '',
      resource: source.resource,
      scope: made.scope ?? '',
      tokenId: made.jti,
    });
    ctx.body = { ...answer.data, access_token: token, expires_in: expiresInSeconds };
  } catch (error) {
    if (!isDomainError(error) || !REFUSALS.has(error.code)) throw error;
    // Whom the rules shut out keeps nothing to try again with.
    if (source.grantId !== undefined)
      await deps.stores.oidcArtifacts.removeFamily(realm.live.issuer.id, source.grantId);
    ctx.status = 400;
    ctx.body = {
      error: 'invalid_grant',
      error_description: `${describe(error)} (reference ${requestReference(ctx)})`,
    };
  }
}

const REFUSALS = new Set<string>(['access_denied', 'tenant_invalid', 'issuer_not_found']);

const describe = (error: DomainError | { code: string }) => error.code.replaceAll('_', ' ');

interface Made {
  readonly clientId: string;
  readonly resource: unknown;
  readonly scope: string;
  readonly tokenId: string;
}

async function issue(
  deps: OidcDeps,
  { live: { issuer } }: Realm,
  ctx: Context,
  { clientId, resource, scope, tokenId }: Made,
): Promise<ClientToken> {
  // Whoever looked for the person has also learned whether what we hold in memory is still true.
  const live = deps.catalog.current().bySlug.get(issuer.slug);
  const realm = live && realmOf(live, deps.publicUrl());
  const client = realm && findClient(realm, clientId);
  const holder = holderOf(ctx);
  if (!realm || !client || !holder)
    throw new DomainError('issuer_not_found', { slug: issuer.slug });

  const isPublic = client.auth === 'none';
  return issueClientToken(deps, {
    ...realm,
    ...holder,
    client,
    entry: client.kind === 'jitsi' ? entryOf(resource) : undefined,
    scopes: new Set(scope.split(' ').filter((one) => one !== '')),
    tokenName: artifactName({ issuerId: issuer.id, kind: 'AccessToken', id: tokenId }),
    // A client with a secret is a server: the address is its own, not the person's.
    ip: isPublic ? clientIp(ctx) : holder.session.ip,
    requestId: requestReference(ctx),
  });
}
