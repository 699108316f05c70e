/**
 * What is done to a request before oidc-provider sees it.
 *
 * @module
 */
import type { Context } from 'koa';
import { entryPath, readJitsiEntry } from '../../domain/jitsi-entry.ts';
import { findSignedIn } from '../../http/session.ts';
import { readHint } from './id-token-hint.ts';
import { HINTED_SUB, SESSION_COOKIE } from './provider.ts';
import { findClient, type OidcDeps, type Realm } from './realm.ts';

/**
 * Where a native app is led that asked as if it were the web page: it leaves the placeholder of
 * `tokenAuthUrl` as it is, because it could not receive the answer (jitsi-meet
 * `authentication/functions.native.ts`). Our Jitsi door is made for it.
 */
export function nativeDoor(realm: Realm, ctx: Context): string | undefined {
  if (ctx.method !== 'GET' || !ctx.path.endsWith('/auth')) return undefined;
  const query = new URLSearchParams(ctx.querystring);
  if (query.get('code_challenge') !== '{code_challenge}') return undefined;
  const client = findClient(realm, query.get('client_id') ?? '');
  if (client?.kind !== 'jitsi') return undefined;
  const state = query.get('state') ?? undefined;
  return entryPath(readJitsiEntry(realm.live.issuer.slug, { state }));
}

/** The library finds the portal's session behind a cookie that no browser has. */
export function lendSession(ctx: Context): void {
  const { headers } = ctx.req;
  const own = (headers.cookie ?? '')
    .split(';')
    .filter((pair) => !pair.trimStart().startsWith(SESSION_COOKIE))
    .join(';');
  const lent = findSignedIn(ctx) ? `${SESSION_COOKIE}=1` : '';
  headers.cookie = [own, lent].filter((part) => part !== '').join('; ');
}

/** And never gives it to one. */
export function takeSessionBack(ctx: Context): void {
  const set = [ctx.response.headers['set-cookie'] ?? []].flat().map(String);
  const kept = set.filter((line) => !line.startsWith(SESSION_COOKIE));
  if (kept.length > 0) ctx.set('Set-Cookie', kept);
  else ctx.remove('Set-Cookie');
}

/**
 * Reads `id_token_hint` of an authorization request by all keys there ever were; the library knows
 * but the one that signs now.
 */
export async function readHintOfQuery(
  deps: Pick<OidcDeps, 'stores'>,
  realm: Realm,
  ctx: Context,
): Promise<void> {
  const query = new URLSearchParams(ctx.querystring);
  query.delete(HINTED_SUB);
  const token = query.get('id_token_hint');
  if (token !== null) {
    const hint = await readHint(deps, realm, token);
    // One that is not ours is left for the library to refuse.
    if (hint && hint.clientId === query.get('client_id')) {
      query.delete('id_token_hint');
      query.set(HINTED_SUB, hint.sub);
    }
  }
  if (query.toString() !== new URLSearchParams(ctx.querystring).toString())
    ctx.querystring = query.toString();
}
