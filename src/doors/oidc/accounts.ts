/**
 * Who a code or token speaks of, asked anew each time: whoever was shut out since, or whose sign-in
 * has ended, is nobody.
 *
 * @module
 */
import type { Context } from 'koa';
import type { Account, FindAccount } from 'oidc-provider';
import { personClaims } from '../../domain/person-claims.ts';
import { authFacts } from '../../domain/rules/facts.ts';
import type { Session } from '../../domain/session.ts';
import type { User } from '../../domain/user.ts';
import { clientIp } from '../../http/client-ip.ts';
import { findSignedIn } from '../../http/session.ts';
import { liveFound } from './held.ts';
import { findClient, type OidcDeps, type Realm } from './realm.ts';

export interface Holder {
  readonly session: Session;
  readonly user: User;
}

type Deps = Pick<OidcDeps, 'stores' | 'clock' | 'catalog'>;

export function accountFinder(deps: Deps, realm: Realm): FindAccount {
  return async (ctx, sub, token) => {
    const sessionId = token && 'sessionUid' in token ? token.sessionUid : undefined;
    const holder = token ? await findHolder(deps, ctx, sessionId) : findSignedIn(ctx);
    if (token && !(await isKnownStill(deps, realm, { sub, clientId: token.clientId ?? '' })))
      return undefined;
    return holder?.user.id === sub ? toAccount(deps, realm, { ctx, holder }) : undefined;
  };
}

/** Consent that was taken back since bites at the next use. */
export async function isKnownStill(
  { stores }: Pick<OidcDeps, 'stores'>,
  realm: Realm,
  { sub, clientId }: { sub: string; clientId: string },
): Promise<boolean> {
  const client = findClient(realm, clientId);
  if (!client || client.firstParty) return client !== undefined;
  const place = { userId: sub, issuerId: realm.live.issuer.id, clientId };
  return (await stores.oidcConsents.find(place)) !== undefined;
}

/** Of the sign-in a token was made in; kept for the rest of the request. */
async function findHolder(
  { stores, clock, catalog }: Deps,
  ctx: Context,
  sessionId: string | undefined,
): Promise<Holder | undefined> {
  if (sessionId === undefined) return undefined;
  const live =
    liveFound(ctx, sessionId) ?? (await stores.sessions.findAliveById(sessionId, clock.now()));
  if (live) await catalog.atLeast(live.catalogVersion);
  ctx.state.holder = live;
  return live;
}

/** Whom `findAccount` found for a token of this request. */
export function holderOf(ctx: Context): Holder | undefined {
  return ctx.state.holder as Holder | undefined;
}

function toAccount(
  { clock }: Deps,
  { live }: Realm,
  { ctx, holder }: { ctx: Context; holder: Holder },
): Account {
  const { user, session } = holder;
  const now = clock.now();
  return {
    accountId: user.id,
    claims: (use) => ({
      ...personClaims(live.compiled, {
        user,
        now,
        auth: authFacts(session, now),
        ip: clientIp(ctx),
      }),
      sub: user.id,
      ...(use === 'id_token' ? { sid: session.id } : {}),
    }),
  };
}
