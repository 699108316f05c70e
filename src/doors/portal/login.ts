import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { type AnyDomainError, isDomainError } from '../../domain/errors.ts';
import { parseInteractionPath, redirectOriginsOf } from '../../domain/client.ts';
import { parseEntryPath } from '../../domain/jitsi-entry.ts';
import { clientIp } from '../../http/client-ip.ts';
import { readCookie } from '../../http/cookies.ts';
import { STATUS } from '../../http/errors.ts';
import type { Forms } from '../../http/form.ts';
import { localPathSchema } from '../../http/local-path.ts';
import type { LoginProblem } from '../../http/page-contexts/portal.ts';
import type { Pages } from '../../http/pages.ts';
import { parse } from '../../http/parse.ts';
import { readQuery } from '../../http/query.ts';
import { requestReference } from '../../http/request-id.ts';
import { seeOther } from '../../http/see-other.ts';
import { findSignedIn } from '../../http/session.ts';
import { hasSignedOut } from '../../http/sign-out-mark.ts';
import type { IssuerCatalog } from '../../operations/issuer-catalog.ts';
import { type SignInDeps, signIn } from '../../operations/sign-in.ts';
import { findOidcByEmail, type LiveOidcUpstream } from '../../operations/upstreams/live-oidc.ts';
import { upstreamHref } from './upstream-problem.ts';
import { buttonsOf, wayOn, waysIn } from './ways-in.ts';
import { keepDevice, keepSession } from './sign-in-cookies.ts';

export interface LoginPageDeps extends SignInDeps {
  readonly catalog: Pick<IssuerCatalog, 'current'>;
  readonly forms: Forms;
  readonly pages: Pages;
}

const MAX_NAME = 254;
const query = z.object({
  returnTo: localPathSchema.default('/'),
  /** As a client suggests it. */
  username: z.string().max(MAX_NAME).optional(),
  /** Straight to that one, if it is there. */
  upstream: z.string().max(40).optional(),
  /** No way on by itself. */
  choose: z.string().optional(),
  /** The form, where it is for administrators alone. */
  local: z.string().optional(),
});
const body = z.object({
  username: z.string().max(1000),
  password: z.string().max(10_000).default(''),
  remember: z.string().optional(),
  returnTo: localPathSchema.default('/'),
});

/** `GET /login?returnTo=`: the form, or straight on for who is signed in. */
export function showLogin(deps: LoginPageDeps): Middleware {
  return (ctx) => {
    const { returnTo, username, upstream, choose, local } = readQuery(ctx, query);
    if (findSignedIn(ctx)) return seeOther(ctx, returnTo);
    const isChoice = choose !== undefined || local !== undefined || hasSignedOut(ctx);
    const way = isChoice ? undefined : wayOn(waysOf(deps), upstream);
    if (way)
      return seeOther(ctx, upstreamHref(way.upstream.slug, { returnTo, loginHint: username }));
    return showForm(ctx, deps, { returnTo, username, local });
  };
}

/** `POST /login`: signs in and moves on, or shows the form again with what was wrong. */
export function submitLogin(deps: LoginPageDeps): Middleware {
  return async (ctx) => {
    const fields = parse(body, await deps.forms.read(ctx), 'body');
    const { username, password, returnTo } = fields;
    const directory = password === '' ? findOidcByEmail(upstreamsOf(deps), username) : undefined;
    if (directory) return leadOn(ctx, deps, { directory, username, returnTo });
    try {
      const signedIn = await signIn(deps, {
        name: username,
        password,
        remember: fields.remember !== undefined,
        previousToken: readCookie(ctx, 'session'),
        deviceToken: readCookie(ctx, 'device'),
        ip: clientIp(ctx),
        userAgent: ctx.get('User-Agent') || undefined,
        requestId: requestReference(ctx),
      });
      keepSession(ctx, signedIn, signedIn.user);
      keepDevice(ctx, signedIn.deviceToken);
      seeOther(ctx, returnTo);
    } catch (error) {
      const problem = isDomainError(error) ? problemOf(ctx, error) : undefined;
      if (!problem) throw error;
      showForm(ctx, deps, { username, returnTo, problem });
    }
  };
}

/** By a page: `form-action` would hold back a redirect of the form to who knows where. */
function leadOn(
  ctx: Context,
  { pages }: LoginPageDeps,
  { directory, username, returnTo }: Lead,
): void {
  const { slug, name } = directory.upstream;
  const loginHint = username.trim().slice(0, MAX_NAME);
  const href = upstreamHref(slug, { returnTo, loginHint });
  pages.show(ctx, 'upstream-onward', { href, name, deed: 'sign_in' });
}

interface Lead {
  readonly directory: LiveOidcUpstream;
  readonly username: string;
  readonly returnTo: string;
}

const upstreamsOf = ({ catalog }: LoginPageDeps) => catalog.current().upstreams;
const waysOf = ({ catalog }: LoginPageDeps) => waysIn(catalog.current());

interface Form {
  readonly username: string | undefined;
  readonly returnTo: string;
  readonly local?: string | undefined;
  readonly problem?: LoginProblem;
}

function showForm(
  ctx: Context,
  deps: LoginPageDeps,
  { username, returnTo, problem, local }: Form,
): void {
  const ways = waysOf(deps);
  const isHidden = ways.password === 'administrators' && local === undefined && !problem;
  const entry = parseEntryPath(returnTo);
  const issuer = entry && deps.catalog.current().bySlug.get(entry.slug)?.issuer;
  const server = issuer?.serverUrl === undefined ? undefined : new URL(issuer.serverUrl);

  deps.pages.show(
    ctx,
    'login',
    {
      form: { values: username === undefined ? {} : { username }, faults: {} },
      problem,
      returnTo,
      entering: entry && server && { room: entry.room.canonical, host: server.host },
      rememberSeconds: deps.lifetimes.rememberSeconds,
      upstreams: buttonsOf(ways, returnTo),
      password: isHidden ? 'asked_for' : 'shown',
      passwordHref: `/login?${new URLSearchParams({ local: 'yes', returnTo }).toString()}`,
      emails: ways.openid.some(({ upstream }) => upstream.emailDomains.length > 0)
        ? 'lead_on'
        : 'sign_in',
    },
    // Browsers hold the whole chain of redirects after a form against `form-action`.
    { formAction: [...(server ? [server.origin] : []), ...clientOrigins(deps, returnTo)] },
  );
}

/** Of the client whose request goes on after the sign-in. */
function clientOrigins({ catalog }: LoginPageDeps, returnTo: string): readonly string[] {
  const place = parseInteractionPath(returnTo);
  const issuer = place && catalog.current().bySlug.get(place.slug)?.issuer;
  const client = issuer?.clients.find(({ clientId }) => clientId === place?.clientId);
  return client ? redirectOriginsOf(client) : [];
}

/** The failures that are shown in the form; the answer's status says them, too. */
function problemOf(ctx: Context, error: AnyDomainError): LoginProblem | undefined {
  if (error.code === 'login_failed') {
    ctx.status = STATUS.login_failed;
    return { code: 'invalid_credentials' };
  }
  if (error.code !== 'login_limited' && error.code !== 'hashing_busy') return undefined;

  const retryAfterSeconds = Math.max(1, Math.ceil(error.details.retryAfterSeconds));
  ctx.status = STATUS[error.code];
  ctx.set('Retry-After', String(retryAfterSeconds));
  return { code: error.code === 'login_limited' ? 'limited' : 'busy', retryAfterSeconds };
}
