/**
 * Tells clients that a sign-in has ended, however it ended (OpenID Connect Back-Channel Logout).
 *
 * @module
 */
import type { Clock, Random } from '../domain/clock.ts';
import type { Stores } from '../stores/index.ts';
import type { EndedLogin, OidcLogin } from '../stores/oidc-logins.ts';
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
/**
 * A client that is being restarted is told a moment later, one that is away for longer within hours;
 * after the last it is given up. The first is longer than an answer may take: nobody else tells it
 * meanwhile.
 */
const DELAY_SECONDS = [15, 60, 5 * 60, 30 * 60, 2 * 3600, 8 * 3600];
const TOKEN_SECONDS = 120;
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/**
 * Each end is told by one process at a time, until the client has heard, or for some hours. What is
 * still to be told is in the database, and survives a restart. Gives how many were told.
 */
export async function tellClients(deps: TellClientsDeps): Promise<number> {
  const turn = { limit: BATCH, delaySeconds: DELAY_SECONDS };
  const ended = await deps.stores.oidcLogins.takeEnded(deps.clock.now(), turn);
  const told = await Promise.all(ended.map((login) => attempt(deps, login)));
  return told.filter(Boolean).length;
}

async function attempt(deps: TellClientsDeps, login: EndedLogin): Promise<boolean> {
  const outcome = await tell(deps, login);
  const isOver = outcome !== 'failed' || login.attempts === DELAY_SECONDS.length;
  if (isOver) await deps.stores.oidcLogins.forget(login);
  return outcome === 'told';
}

async function tell(
  deps: TellClientsDeps,
  login: OidcLogin,
): Promise<'told' | 'failed' | 'not_asked'> {
  const { clientId, issuerId } = login;
  const all = [...deps.catalog.current().bySlug.values()];
  const live = all.find(({ issuer }) => issuer.id === issuerId);
  const client = live?.issuer.clients.find((one) => one.clientId === clientId);
  const signer = live?.realm.keys?.logoutTokens;
  if (!signer || client?.backchannelLogoutUri === undefined) return 'not_asked';

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
    if (status === 200 || status === 204) return 'told';
    deps.onFailure(clientId, new Error(`it answered ${status}`));
  } catch (error) {
    deps.onFailure(clientId, error);
  }
  return 'failed';
}
