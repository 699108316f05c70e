/**
 * `GET /realms/{issuer}/protocol/openid-connect/certs`, from memory: the keys of the realm's tokens.
 *
 * Mounted before everything else, as Prosody's key addresses are. A realm that was never used has
 * no keys of its own yet: the door makes them, and answers.
 *
 * @module
 */
import type { Middleware } from 'koa';
import { KEY_LIST_MAX_AGE_SECONDS } from '../../domain/key-life.ts';
import type { IssuerCatalog } from '../../operations/issuer-catalog.ts';

const ADDRESS = /^\/realms\/([a-z0-9-]{1,40})\/protocol\/openid-connect\/certs$/;

export const CERTS_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Cache-Control': `public, max-age=${KEY_LIST_MAX_AGE_SECONDS}`,
  'X-Content-Type-Options': 'nosniff',
} as const;

export function realmCerts({ catalog }: { catalog: Pick<IssuerCatalog, 'current'> }): Middleware {
  return (ctx, next) => {
    const slug = ctx.path.startsWith('/realms/') ? ADDRESS.exec(ctx.path)?.[1] : undefined;
    const realm = slug === undefined ? undefined : catalog.current().bySlug.get(slug)?.realm;
    if (!realm?.keys || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();
    ctx.set(CERTS_HEADERS);
    ctx.type = 'application/json';
    ctx.body = realm.certs;
    return undefined;
  };
}
