/**
 * Tells clients that a sign-in has ended, however it ended (OpenID Connect Back-Channel Logout).
 *
 * @module
 */
import type { Clock, Random } from '../domain/clock.ts';
import type { Stores } from '../stores/index.ts';
import type { OidcLogin } from '../stores/oidc-logins.ts';
import type { IssuerCatalog } from './issuer-catalog.ts';

export interface TellClientsDeps {
  readonly stores: Pick<Stores, 'oidcLogins'>;
  readonly catalog: Pick<IssuerCatalog, 'current'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly publicUrl: () => URL;
  /** Sends a form; gives the status. */
  readonly postForm: (address: URL, form: URLSearchParams) => Promise<number>;
  /** Of a client that could not be told. */
  readonly onFailure: (clientId: string, cause: unknown) => void;
}

const BATCH = 100;
const TOKEN_SECONDS = 120;
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** Each end is told once, by one process. Gives how many were told. */
export async function tellClients(deps: TellClientsDeps): Promise<number> {
  const ended = await deps.stores.oidcLogins.takeEnded(deps.clock.now(), BATCH);
  const told = await Promise.all(ended.map((login) => tell(deps, login)));
  return told.filter(Boolean).length;
}

async function tell(deps: TellClientsDeps, login: OidcLogin): Promise<boolean> {
  const { clientId, issuerId } = login;
  const all = [...deps.catalog.current().bySlug.values()];
  const live = all.find(({ issuer }) => issuer.id === issuerId);
  const client = live?.issuer.clients.find((one) => one.clientId === clientId);
  const signer = live?.realm.keys?.logoutTokens;
  if (!signer || client?.backchannelLogoutUri === undefined) return false;

  const iat = Math.floor(deps.clock.now().getTime() / 1000);
  const claims = {
    iss: `${deps.publicUrl().origin}/realms/${live?.issuer.slug}`,
    sub: login.userId,
    aud: clientId,
    iat,
    exp: iat + TOKEN_SECONDS,
    jti: deps.random.uuid(),
    sid: login.sessionId,
    events: { [EVENT]: {} },
  };
  const form = new URLSearchParams({ logout_token: await signer.sign(JSON.stringify(claims)) });
  try {
    const status = await deps.postForm(new URL(client.backchannelLogoutUri), form);
    if (status === 200 || status === 204) return true;
    deps.onFailure(clientId, new Error(`it answered ${status}`));
  } catch (error) {
    deps.onFailure(clientId, error);
  }
  return false;
}
