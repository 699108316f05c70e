/**
 * The OpenID door. Each issuer is a provider of its own at Keycloak's addresses:
 *
 *     /realms/{issuer}/protocol/openid-connect/{auth,token,certs,logout,userinfo,revoke,…}
 *     /realms/{issuer}/.well-known/openid-configuration
 *     /.well-known/oauth-authorization-server/realms/{issuer}           RFC 8414
 *     /realms/{issuer}/interaction/{uid}, …/sign-out                      our pages in between
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import type { Provider } from 'oidc-provider';
import { DomainError } from '../../domain/errors.ts';
import { seeOther } from '../../http/see-other.ts';
import { findSignedIn } from '../../http/session.ts';
import { ensureRealmKeys } from '../../operations/ensure-realm-keys.ts';
import type { LiveIssuer } from '../../operations/issuer-catalog.ts';
import { answerForJws } from './access-tokens.ts';
import { lendSession, nativeDoor, readHintOfQuery, takeSessionBack } from './incoming.ts';
import { FILE_HEADERS } from './realm-files.ts';
import { allowFormPost } from './form-post.ts';
import { answerInteraction, showInteraction } from './interaction.ts';
import { confirmEnd, endSession } from './logout.ts';
import { buildProvider } from './provider.ts';
import { type OidcDeps, type Realm, realmOf } from './realm.ts';
import { finishToken } from './token-answer.ts';

const ADDRESS = /^\/realms\/([a-z0-9-]{1,40})(\/.+)$/;
const METADATA = /^\/\.well-known\/oauth-authorization-server\/realms\/([a-z0-9-]{1,40})$/;

const PROTOCOL = '/protocol/openid-connect';
const PROGRAMS = ['POST', 'OPTIONS'];

/** Below the realm. Anything else is nobody's; HEAD consumes nothing. */
const METHODS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^\/\.well-known\/(openid-configuration|oauth-authorization-server)$/, ['GET', 'OPTIONS']],
  [new RegExp(`^${PROTOCOL}/auth$`), ['GET', 'POST']],
  [new RegExp(`^${PROTOCOL}/auth/[\\w-]+$`), ['GET']],
  [new RegExp(`^${PROTOCOL}/token$`), PROGRAMS],
  [new RegExp(`^${PROTOCOL}/token/introspect$`), PROGRAMS],
  [new RegExp(`^${PROTOCOL}/revoke$`), PROGRAMS],
  [new RegExp(`^${PROTOCOL}/ext/par/request$`), PROGRAMS],
  [new RegExp(`^${PROTOCOL}/userinfo$`), ['GET', 'POST', 'OPTIONS']],
  [new RegExp(`^${PROTOCOL}/certs$`), ['GET', 'HEAD']],
  [new RegExp(`^${PROTOCOL}/logout$`), ['GET', 'POST']],
  [/^\/interaction\/[\w-]+$/, ['GET', 'POST']],
  [/^\/sign-out$/, ['POST']],
];

export function realms(deps: OidcDeps): Middleware {
  const providerOf = keepProviders(deps);
  return async (ctx, next) => {
    const address = addressOf(ctx.path);
    if (!address) return next();
    const { below } = address;
    checkMethod(ctx, below);
    const realm = await findRealm(deps, ctx, address);
    const provider = providerOf(realm);
    if (below === `${PROTOCOL}/certs`) return showCerts(ctx, realm);
    if (below === `${PROTOCOL}/logout`) return endSession(ctx, deps, realm);
    if (below === '/sign-out') return confirmEnd(ctx, deps, realm);
    if (below.startsWith('/interaction/')) {
      const interaction = { provider, realm };
      if (ctx.method === 'GET') return showInteraction(ctx, deps, interaction);
      return answerInteraction(ctx, deps, interaction);
    }
    const elsewhere = nativeDoor(realm, ctx);
    if (elsewhere !== undefined) return seeOther(ctx, elsewhere);
    return runProvider(ctx, deps, { provider, realm, below });
  };
}

function addressOf(path: string): Address | undefined {
  const metadata = METADATA.exec(path);
  if (metadata)
    return { slug: metadata[1] ?? '', below: '/.well-known/oauth-authorization-server' };
  const [, slug, below] = ADDRESS.exec(path) ?? [];
  return slug === undefined || below === undefined ? undefined : { slug, below };
}

function checkMethod(ctx: Context, below: string): void {
  const [, allow] = METHODS.find(([pattern]) => pattern.test(below)) ?? [];
  if (!allow) throw new DomainError('page_not_found', undefined);
  if (!allow.includes(ctx.method)) throw new DomainError('method_not_allowed', { allow });
}

interface Address {
  readonly slug: string;
  readonly below: string;
}

/** Programs and strangers bring no session that would tell whether what we hold in memory is true. */
async function findRealm(deps: OidcDeps, ctx: Context, { slug, below }: Address): Promise<Realm> {
  const { catalog } = deps;
  const isStranger = below === `${PROTOCOL}/auth` && !findSignedIn(ctx);
  const isAsking = ctx.method === 'POST' || below === `${PROTOCOL}/userinfo`;
  const isUnsure = isAsking || isStranger || !catalog.current().bySlug.has(slug);
  const { bySlug } = isUnsure ? await catalog.refresh() : catalog.current();
  const found = bySlug.get(slug);
  const live = found && (await ensureRealmKeys(deps, found));
  if (!live) throw new DomainError('issuer_not_found', { slug });
  return realmOf(live, deps.publicUrl());
}

/** More than these are rarely in use at the same time, and one is soon built again. */
const MOST_PROVIDERS = 50;

/**
 * Built when first used; another one as soon as the issuer, or our own address, is another. Those
 * that were not used for the longest time go.
 */
function keepProviders(deps: OidcDeps): (realm: Realm) => Provider {
  const kept = new Map<string, { readonly live: LiveIssuer; readonly provider: Provider }>();
  return (realm) => {
    const { live, iss } = realm;
    const known = kept.get(live.issuer.id);
    const isSame = known?.live === live && known.provider.issuer === iss;
    const provider = isSame ? known.provider : buildProvider(deps, realm);
    kept.delete(live.issuer.id);
    kept.set(live.issuer.id, { live, provider });
    const [oldest] = kept.keys();
    if (kept.size > MOST_PROVIDERS && oldest !== undefined) kept.delete(oldest);
    return provider;
  };
}

interface Run {
  readonly provider: Provider;
  readonly realm: Realm;
  readonly below: string;
}

/** The library's own chain, in the middle of ours: it sees its path without the realm's. */
async function runProvider(ctx: Context, deps: OidcDeps, run: Run): Promise<void> {
  const { provider, realm, below } = run;
  const isPage = below.startsWith(`${PROTOCOL}/auth`);
  // Its errors are pages to whoever takes HTML: programs get what programs read.
  if (!isPage) ctx.req.headers.accept = 'application/json';
  if (isPage && ctx.method === 'GET') await readHintOfQuery(deps, realm, ctx);
  lendSession(ctx);
  const { path } = ctx;
  ctx.mountPath = realm.path;
  ctx.path = below;
  try {
    await chainOf(provider)(ctx, async () => {});
    await finishToken(deps, realm, ctx);
    await answerForJws(deps, realm, ctx);
    allowFormPost(ctx);
  } finally {
    ctx.path = path;
    takeSessionBack(ctx);
  }
  if (below.startsWith('/.well-known/')) ctx.set(FILE_HEADERS);
}

/** Koa's own way to make one function of a chain, which its types leave out. */
function chainOf(provider: Provider): Middleware {
  const { compose, middleware } = provider as Provider & {
    readonly compose: (chain: Provider['middleware']) => Middleware;
  };
  return compose(middleware);
}

function showCerts(ctx: Context, { live }: Realm): void {
  ctx.set(FILE_HEADERS);
  ctx.type = 'application/json';
  ctx.body = live.realm.certs;
}
