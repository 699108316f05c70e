/**
 * What a person lets a client know. First-party clients ask nobody; others once, on a page of ours.
 *
 * @module
 */
import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import { requireSignedIn } from '../../http/session.ts';
import { admitPerson } from './admission.ts';
import { findClient, type OidcDeps, type Realm } from './realm.ts';

type Deps = Pick<OidcDeps, 'stores' | 'clock' | 'random'>;

/**
 * A grant of its own for each code: it is the family that ends when one of its tokens is used
 * twice, and another window of the same browser is another family.
 */
export function grantLoader(deps: Deps, realm: Realm) {
  return async (ctx: KoaContextWithOIDC): Promise<Grant | undefined> => {
    const { client: registered, provider, account, prompts } = ctx.oidc;
    const client = registered && findClient(realm, registered.clientId);
    // Somebody who must sign in anew first gets nothing yet.
    if (!client || !account || (prompts.has('login') && !ctx.oidc.result?.login)) return undefined;

    const signedIn = requireSignedIn(ctx);
    await admitPerson(deps, realm, { ctx, client, signedIn });
    const asked = [...ctx.oidc.requestParamOIDCScopes];
    const granted = client.firstParty
      ? asked
      : await scopesGiven(deps, realm, {
          userId: account.accountId,
          clientId: client.clientId,
        });
    if (!asked.every((scope) => granted.includes(scope))) return undefined;

    const { clientId } = client;
    const grant = new provider.Grant({ clientId, accountId: account.accountId });
    grant.addOIDCScope(asked.join(' '));
    await grant.save();
    await rememberLogin(deps, realm, { clientId, ...signedIn });
    return grant;
  };
}

async function scopesGiven(
  { stores }: Deps,
  { live }: Realm,
  { userId, clientId }: { userId: string; clientId: string },
): Promise<readonly string[]> {
  const place = { userId, clientId, issuerId: live.issuer.id };
  return (await stores.oidcConsents.find(place))?.scopes ?? [];
}

async function rememberLogin(
  { stores }: Deps,
  realm: Realm,
  { clientId, user, session }: { clientId: string } & ReturnType<typeof requireSignedIn>,
): Promise<void> {
  if (findClient(realm, clientId)?.backchannelLogoutUri === undefined) return;
  await stores.oidcLogins.remember({
    sessionId: session.id,
    issuerId: realm.live.issuer.id,
    clientId,
    userId: user.id,
    expiresAt: session.expiresAt,
  });
}
