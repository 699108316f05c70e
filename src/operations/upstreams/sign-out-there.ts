import type { OidcParties } from '../../directory/oidc/parties.ts';
import { isDomainError } from '../../domain/errors.ts';
import { encodeReturn, type SignOutReturn } from '../../domain/sign-out-return.ts';
import type { Stores } from '../../stores/index.ts';
import type { CatalogSnapshot } from '../issuer-catalog.ts';
import { findOidcById } from './live-oidc.ts';

export interface SignOutThereDeps {
  readonly stores: Pick<Stores, 'upstreamSessions'>;
  readonly parties: Pick<OidcParties, 'signOutAt'>;
  readonly catalog: { current(): Pick<CatalogSnapshot, 'upstreams'> };
  readonly publicUrl: () => URL;
}

export interface SignOutThereInput {
  /** `undefined`: nobody is signed in. */
  readonly sessionId: string | undefined;
  /** Where people end; `undefined`: our own page. */
  readonly returnTo: SignOutReturn | undefined;
  /** Ends the sign-in here: that comes first, whatever becomes of the other. */
  readonly end: () => Promise<void>;
}

export interface FurtherSignOut {
  readonly location: string;
  /** Of the upstream. */
  readonly name: string;
}

/** Ends a sign-in here, and says where it is to be ended too. */
export async function signOutThere(
  { stores, parties, catalog, publicUrl }: SignOutThereDeps,
  { sessionId, returnTo, end }: SignOutThereInput,
): Promise<FurtherSignOut | undefined> {
  const { upstreams } = catalog.current();
  const isAnyTold = [...upstreams.values()].some(({ upstream }) => isTold(upstream));
  const kept =
    isAnyTold && sessionId !== undefined
      ? await stores.upstreamSessions.find(sessionId)
      : undefined;
  await end();

  const live = kept && findOidcById(upstreams, kept.upstreamId);
  if (!live || !isTold(live.upstream) || kept.idToken === '') return undefined;
  try {
    const location = await parties.signOutAt(live, {
      idToken: kept.idToken,
      returnTo: `${publicUrl().origin}/logout`,
      state: returnTo && encodeReturn(returnTo),
    });
    return location && { location: location.href, name: live.upstream.name };
  } catch (error) {
    // Signed out here they are; a provider that is down keeps nobody waiting.
    if (isDomainError(error)) return undefined;
    throw error;
  }
}

const isTold = (upstream: { readonly type: string; readonly signOut?: boolean }) =>
  upstream.type === 'oidc' && upstream.signOut === true;
