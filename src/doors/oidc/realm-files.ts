/**
 * What clients of a realm fetch again and again, from memory: its keys, and what it offers.
 *
 *     GET /realms/{issuer}/protocol/openid-connect/certs
 *     GET /realms/{issuer}/.well-known/openid-configuration
 *     GET /.well-known/oauth-authorization-server/realms/{issuer}
 *
 * Mounted before everything else, as Prosody's key addresses are. A realm that was never used has
 * no keys of its own yet: the door makes them, and answers. It also writes the description, which
 * is the library's, once for each state of the issuer.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import { KEY_LIST_MAX_AGE_SECONDS } from '../../domain/key-life.ts';
import type { IssuerCatalog, LiveIssuer } from '../../operations/issuer-catalog.ts';

const CERTS = /^\/realms\/([a-z0-9-]{1,40})\/protocol\/openid-connect\/certs$/;
const DESCRIPTION =
  /^(?:\/\.well-known\/oauth-authorization-server\/realms\/([a-z0-9-]{1,40})|\/realms\/([a-z0-9-]{1,40})\/\.well-known\/openid-configuration)$/;

export const FILE_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Cache-Control': `public, max-age=${KEY_LIST_MAX_AGE_SECONDS}`,
  'X-Content-Type-Options': 'nosniff',
} as const;

export interface RealmFilesDeps {
  readonly catalog: Pick<IssuerCatalog, 'current'>;
  readonly publicUrl: () => URL;
}

interface Description {
  readonly origin: string;
  readonly text: Buffer;
}

export function realmFiles({ catalog, publicUrl }: RealmFilesDeps): Middleware {
  const written = new WeakMap<LiveIssuer, Description>();
  const find = (slug: string | undefined) =>
    slug === undefined ? undefined : catalog.current().bySlug.get(slug);

  return (ctx, next) => {
    const { path } = ctx;
    const isHere = path.startsWith('/realms/') || path.startsWith('/.well-known/');
    if (!isHere || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next();

    const realm = find(CERTS.exec(path)?.[1])?.realm;
    if (realm) return realm.keys ? serve(ctx, realm.certs) : next();
    const [, first, second] = DESCRIPTION.exec(path) ?? [];
    const live = find(first ?? second);
    if (!live || ctx.method !== 'GET') return next();
    const { origin } = publicUrl();
    const description = written.get(live);
    if (description?.origin === origin) return serve(ctx, description.text);
    return next().then(() => {
      const text = bodyOf(ctx);
      // Whoever asked first may also have changed the issuer, by giving it its keys.
      const now = find(live.issuer.slug);
      if (text && now) written.set(now, { origin, text });
    });
  };
}

function serve(ctx: Context, text: Buffer): undefined {
  ctx.set(FILE_HEADERS);
  ctx.type = 'application/json';
  ctx.body = text;
}

function bodyOf({ status, body }: Context): Buffer | undefined {
  const isWhole = status === 200 && typeof body === 'object' && body !== null;
  return isWhole ? Buffer.from(JSON.stringify(body)) : undefined;
}
