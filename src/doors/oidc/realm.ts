/**
 * One issuer's side of OpenID Connect, as a request meets it.
 *
 * @module
 */
import type { Context } from 'koa';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Client } from '../../domain/client.ts';
import type { OidcParties } from '../../directory/oidc/parties.ts';
import type { Clock, Random } from '../../domain/clock.ts';
import type { MakeRsaKey } from '../../crypto/rsa-key.ts';
import type { Log } from '../../http/log.ts';
import type { Pages } from '../../http/pages.ts';
import type { Forms } from '../../http/form.ts';
import type { SessionLifetimes } from '../../domain/session.ts';
import type { ConfirmPasswordDeps } from '../../operations/confirm-password.ts';
import type { IssuerCatalog, LiveIssuer } from '../../operations/issuer-catalog.ts';
import type { Stores } from '../../stores/index.ts';

export interface OidcDeps extends ConfirmPasswordDeps {
  readonly stores: Stores;
  readonly parties: Pick<OidcParties, 'signOutAt'>;
  readonly catalog: IssuerCatalog;
  readonly clock: Clock;
  readonly random: Random;
  readonly lifetimes: SessionLifetimes;
  readonly makeKey: MakeRsaKey;
  readonly publicUrl: () => URL;
  readonly pages: Pages;
  readonly forms: Forms;
  readonly log: Pick<Log, 'error'>;
}

export interface Realm {
  readonly live: LiveIssuer;
  /** Its address: `iss` of all it signs. */
  readonly iss: string;
  /** `/realms/{slug}`. */
  readonly path: string;
}

export function realmOf(live: LiveIssuer, publicUrl: URL): Realm {
  const path = `/realms/${live.issuer.slug}`;
  return { live, path, iss: publicUrl.origin + path };
}

export function findClient({ live }: Realm, clientId: string): Client | undefined {
  return live.issuer.clients.find((client) => client.clientId === clientId);
}

/** What the library keeps of a request in its own chain: Koa's context is not typed to hold it. */
export function oidcOf(ctx: Context): KoaContextWithOIDC['oidc'] | undefined {
  return (ctx as Context & Partial<Pick<KoaContextWithOIDC, 'oidc'>>).oidc;
}
