import { tokenHash } from '../../crypto/digest.ts';
import type { OidcParties } from '../../directory/oidc/parties.ts';
import type { Clock, Random } from '../../domain/clock.ts';
import { addressBucket } from '../../domain/login-limits.ts';
import { LOGIN_SECONDS, type LoginPurpose } from '../../domain/upstreams/upstream-login.ts';
import { callbackPath } from '../../domain/upstreams/upstream.ts';
import type { Stores } from '../../stores/index.ts';
import type { LiveOidcUpstream } from './live-oidc.ts';

export interface BeginLoginDeps {
  readonly stores: Pick<Stores, 'upstreamLogins'>;
  readonly parties: Pick<OidcParties, 'ask'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly publicUrl: () => URL;
}

export interface BeginLoginInput {
  readonly live: LiveOidcUpstream;
  /** Of the cookie: the answer counts in that browser alone. */
  readonly browserToken: string;
  readonly purpose: LoginPurpose;
  /** Who asks, for `link` and `test`. */
  readonly userId: string | undefined;
  /** Checked local path. */
  readonly returnTo: string;
  readonly loginHint: string | undefined;
  /** The person must sign in there once more, signed in or not. */
  readonly fresh: boolean;
  readonly ip: string | undefined;
}

/**
 * Where the browser goes to sign in.
 *
 * @throws {DomainError} `upstream_unavailable`, `upstream_not_believed`.
 */
export async function beginLogin(
  { stores, parties, clock, random, publicUrl }: BeginLoginDeps,
  { live, browserToken, loginHint, ip, ...login }: BeginLoginInput,
): Promise<URL> {
  const [state, nonce, verifier] = [random.token(), random.token(), random.token()];
  const redirectUri = publicUrl().origin + callbackPath(live.upstream);
  const { fresh } = login;
  const question = { redirectUri, state, nonce, verifier, loginHint, fresh };
  const location = await parties.ask(live, question);

  const now = clock.now();
  await stores.upstreamLogins.add({
    ...login,
    id: tokenHash(state).toString('base64url'),
    upstreamId: live.upstream.id,
    browserHash: tokenHash(browserToken),
    network: addressBucket(ip),
    nonce,
    verifier,
    createdAt: now,
    expiresAt: new Date(now.getTime() + LOGIN_SECONDS * 1000),
  });
  return location;
}
