/**
 * What Prosody fetches, from memory:
 *
 *     GET /jitsi[/{issuer}]/asap/{sha256(kid)}.pem    SPKI PEM       (`asap_key_server`)
 *     GET /jitsi[/{issuer}]/jwks.json                 RSA JWK Set    (`cache_keys_url`)
 *
 * Mounted before everything else: no session, no page, no redirect. Prosody keeps whatever a 200
 * says until it restarts, so anything unknown is a 404 in plain text.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import { KEY_LIST_MAX_AGE_SECONDS } from '../../domain/key-life.ts';
import { MAIN_SLUG } from '../../domain/slug.ts';
import type { IssuerCatalog } from '../../operations/issuer-catalog.ts';

/** A base address with a trailing slash makes Prosody ask for `/asap//<file>`. */
const ADDRESS = /^\/jitsi(?:\/([a-z0-9-]{1,40}))?\/(?:asap\/{1,2}([^/]+)|jwks\.json)$/;
const CACHE = `public, max-age=${KEY_LIST_MAX_AGE_SECONDS}`;

export function keyFiles({ catalog }: { catalog: Pick<IssuerCatalog, 'current'> }): Middleware {
  return (ctx, next) => {
    const match = ctx.path.startsWith('/jitsi') ? ADDRESS.exec(ctx.path) : undefined;
    if (!match) return next();
    ctx.set('X-Content-Type-Options', 'nosniff');
    if (ctx.method !== 'GET' && ctx.method !== 'HEAD') return refuse(ctx, 405);

    const live = catalog.current().bySlug.get(match[1] ?? MAIN_SLUG);
    const file = match[2];
    const body = file === undefined ? live?.jwks : live?.asapFiles.get(file);
    if (!body) return refuse(ctx, 404);

    ctx.set('Cache-Control', CACHE);
    ctx.type = file === undefined ? 'application/json' : 'application/x-pem-file';
    ctx.body = body;
    return undefined;
  };
}

function refuse(ctx: Context, status: 404 | 405): void {
  if (status === 405) ctx.set('Allow', 'GET, HEAD');
  ctx.set('Cache-Control', 'no-store');
  ctx.status = status;
  ctx.type = 'text/plain';
  ctx.body = status === 404 ? 'no such key\n' : 'method not allowed\n';
}
