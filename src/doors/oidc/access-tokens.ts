/**
 * Access tokens of ordinary clients at the introspection and revocation endpoints. The library
 * knows who asks, and refuses what is a JWS; what it refused so is answered here.
 *
 * @module
 */
import type { Context } from 'koa';
import { peekJws, verifyRs256 } from '../../crypto/verify-jws.ts';
import { isKnownStill } from './accounts.ts';
import { type OidcDeps, oidcOf, type Realm } from './realm.ts';

export interface AccessToken {
  /** Of its row: what it would be found by never left the process. */
  readonly name: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** One of this realm, by a key that is served. Its times are not looked at. */
export function readAccessToken({ live, iss }: Realm, token: string): AccessToken | undefined {
  const verified = verifyRs256(
    token,
    (kid) => live.realm.publicKeys.find((key) => key.kid === kid)?.publicPem,
  );
  const { header, payload } = verified ?? {};
  if (header?.typ !== 'at+jwt' || payload?.iss !== iss) return undefined;
  return typeof payload.jti === 'string' ? { name: payload.jti, claims: payload } : undefined;
}

/** What RFC 7662, section 2.2, lets be told of a token, as the token itself says it. */
const TOLD = ['client_id', 'sub', 'scope', 'aud', 'iss', 'iat', 'exp', 'jti', 'sid'] as const;

/**
 * After the library has refused a JWS to a client it knows. Tokens for Jitsi and ID tokens stay
 * refused: nothing is kept of them.
 */
export async function answerForJws(deps: OidcDeps, realm: Realm, ctx: Context): Promise<void> {
  const oidc = oidcOf(ctx);
  const body = ctx.body as { readonly error?: unknown } | undefined;
  if (body?.error !== 'unsupported_token_type' || !oidc?.client) return;
  const value = oidc.params?.token;
  if (typeof value !== 'string' || peekJws(value)?.header.typ !== 'at+jwt') return;

  const token = readAccessToken(realm, value);
  const { clientId } = oidc.client;
  const use = { now: deps.clock.now(), graceSeconds: 0 };
  const row = token && (await deps.stores.oidcArtifacts.findNamed(token.name, use));
  const isOwn = row?.grant !== undefined && row.payload.clientId === clientId;
  ctx.status = 200;
  if (oidc.route === 'introspection') {
    const known = { sub: String(token?.claims.sub), clientId };
    const isActive = isOwn && (await isKnownStill(deps, realm, known));
    ctx.body = token && isActive ? describe(token) : { active: false };
    return;
  }
  // Whoever gives one back wants nothing of that sign-in any more, as with a refresh token.
  if (isOwn) await deps.stores.oidcArtifacts.removeFamily(realm.live.issuer.id, grantOf(row));
  // The library had said JSON, which nothing is not.
  ctx.remove('Content-Type');
  ctx.body = '';
}

const grantOf = ({ payload }: { payload: Readonly<Record<string, unknown>> }) =>
  String(payload.grantId);

function describe({ claims }: AccessToken): object {
  const told = TOLD.map((name) => [name, claims[name]] as const);
  return { active: true, token_type: 'Bearer', ...Object.fromEntries(told) };
}
