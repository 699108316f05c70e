/**
 * `GET|POST /realms/{issuer}/protocol/openid-connect/logout` (OpenID Connect RP-Initiated Logout).
 *
 * Jitsi calls it in a hidden frame on another site, where no cookie of ours arrives and nobody can
 * press a button. So a valid `id_token_hint` alone is enough: it ends the session it names, and
 * whoever holds it was signed in there. Without one a page asks.
 *
 * @module
 */
import type { Context } from 'koa';
import { z } from 'zod';
import { readBody } from '../../http/body.ts';
import { DomainError } from '../../domain/errors.ts';
import { clientIp } from '../../http/client-ip.ts';
import { readCookie } from '../../http/cookies.ts';
import { parse } from '../../http/parse.ts';
import { uniqueFields } from '../../http/query.ts';
import { requestReference } from '../../http/request-id.ts';
import { seeOther } from '../../http/see-other.ts';
import { findSignedIn } from '../../http/session.ts';
import { forgetSession } from '../../http/sign-out-mark.ts';
import { endNamedSession } from '../../operations/end-named-session.ts';
import { signOut } from '../../operations/sign-out.ts';
import { signOutThere } from '../../operations/upstreams/sign-out-there.ts';
import { type Hint, readHint } from './id-token-hint.ts';
import { findClient, type OidcDeps, type Realm } from './realm.ts';

const parameters = z.object({
  id_token_hint: z.string().optional(),
  client_id: z.string().optional(),
  post_logout_redirect_uri: z.string().optional(),
  state: z.string().optional(),
});
type Parameters = z.output<typeof parameters>;

const LIMIT_BYTES = 64 * 1024;

export async function endSession(ctx: Context, deps: OidcDeps, realm: Realm): Promise<void> {
  const asked = await readParameters(ctx);
  const { id_token_hint: token } = asked;
  const hint = token === undefined ? undefined : await readHint(deps, realm, token);
  if (token !== undefined && !hint) throw refused('id_token_hint is not one of ours');
  const location = returnAddress(realm, asked, hint);
  if (!hint && findSignedIn(ctx)) return askToEnd(ctx, deps, { realm, asked, location });
  const further = hint && (await endHinted(ctx, deps, { realm, asked, hint }));
  ctx.remove('X-Frame-Options');
  ctx.set('Content-Security-Policy', FRAMED);
  return seeOther(ctx, further ?? location ?? '/logout');
}

interface Question {
  readonly realm: Realm;
  readonly asked: Parameters;
  readonly location: string | undefined;
}

function askToEnd(ctx: Context, { pages }: OidcDeps, { realm, asked, location }: Question): void {
  const { client_id, post_logout_redirect_uri, state } = asked;
  const fields = Object.entries({ client_id, post_logout_redirect_uri, state }).flatMap(
    ([name, value]) => (value === undefined ? [] : [{ name, value }]),
  );
  const origins = location === undefined ? [] : [new URL(location).origin];
  const page = { action: `${realm.path}/sign-out`, fields };
  pages.show(ctx, 'openid-logout', page, { formAction: origins });
}

/** `POST /realms/{issuer}/sign-out`: the person said yes. */
export async function confirmEnd(ctx: Context, deps: OidcDeps, realm: Realm): Promise<void> {
  const asked = parse(parameters, await deps.forms.read(ctx), 'body');
  const location = returnAddress(realm, asked, undefined);
  const token = readCookie(ctx, 'session');
  const further = await signOutThere(deps, {
    sessionId: findSignedIn(ctx)?.session.id,
    returnTo: onwardOf(realm, asked, undefined),
    end: async () => {
      if (token !== undefined)
        await signOut(deps, { token, ip: clientIp(ctx), requestId: requestReference(ctx) });
    },
  });
  forgetSession(ctx);
  if (!further) return seeOther(ctx, location ?? '/logout');
  const { location: href, name } = further;
  return deps.pages.show(ctx, 'upstream-onward', { href, name, deed: 'sign_out' });
}

/** What the upstream brings back, so that people end where the client wants them. */
function onwardOf(realm: Realm, asked: Parameters, hint: Hint | undefined) {
  const { post_logout_redirect_uri: address, state } = asked;
  const clientId = asked.client_id ?? hint?.clientId;
  if (address === undefined || clientId === undefined) return undefined;
  const { slug } = realm.live.issuer;
  return { slug, clientId, address, ...(state === undefined ? {} : { state }) };
}

/** A redirect with nothing on it, which Jitsi loads in a hidden frame. */
const FRAMED = "default-src 'none'";

async function readParameters(ctx: Context): Promise<Parameters> {
  if (ctx.method === 'GET')
    return parse(parameters, uniqueFields(new URLSearchParams(ctx.querystring), 'query'), 'query');
  if (!ctx.is('urlencoded')) throw new DomainError('form_type_unsupported', undefined);
  const text = (await readBody(ctx, LIMIT_BYTES)).toString('utf8');
  return parse(parameters, uniqueFields(new URLSearchParams(text), 'body'), 'body');
}

/** Letter by letter one of the client's own, else nowhere. */
function returnAddress(realm: Realm, asked: Parameters, hint: Hint | undefined) {
  const clientId = asked.client_id ?? hint?.clientId;
  if (hint && asked.client_id !== undefined && asked.client_id !== hint.clientId)
    throw refused('client_id is not the one of id_token_hint');
  const client = clientId === undefined ? undefined : findClient(realm, clientId);
  const { post_logout_redirect_uri: address, state } = asked;
  if (address === undefined) return undefined;
  if (!client) return hint ? undefined : askedWithout(clientId);
  if (!client.postLogoutRedirectUris.includes(address))
    throw refused('post_logout_redirect_uri is not registered');
  if (state === undefined) return address;
  const url = new URL(address);
  url.searchParams.set('state', state);
  return url.href;
}

/** Nobody says for which client it is: the address cannot be checked, and is not followed. */
function askedWithout(clientId: string | undefined): undefined {
  if (clientId !== undefined) throw refused('client_id is unknown');
  return undefined;
}

function refused(description: string): DomainError<'openid_request_refused'> {
  return new DomainError('openid_request_refused', { error: 'invalid_request', description });
}

interface Hinted {
  readonly realm: Realm;
  readonly asked: Parameters;
  readonly hint: Hint;
}

/** Gives where else to sign out. A hidden frame goes nowhere: no provider shows itself in one. */
async function endHinted(
  ctx: Context,
  deps: OidcDeps,
  { realm, asked, hint }: Hinted,
): Promise<string | undefined> {
  const { sid, sub, clientId } = hint;
  const further = await signOutThere(deps, {
    sessionId: ctx.get('Sec-Fetch-Dest') === 'document' ? sid : undefined,
    returnTo: onwardOf(realm, asked, hint),
    end: async () => {
      if (sid === undefined) return;
      const who = { sessionId: sid, userId: sub, clientId };
      const from = { ip: clientIp(ctx), requestId: requestReference(ctx) };
      await endNamedSession(deps, { ...who, ...from });
    },
  });
  if (findSignedIn(ctx)?.session.id === sid) forgetSession(ctx);
  return further?.location;
}
