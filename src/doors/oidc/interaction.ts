/**
 * Our pages in the middle of an authorization request: sign in, prove it once more, agree.
 *
 *     GET  /realms/{issuer}/interaction/{uid}
 *     POST /realms/{issuer}/interaction/{uid}
 *
 * A request belongs to the browser that made it, by a cookie set for this very path.
 *
 * @module
 */
import type { Context } from 'koa';
import type { InteractionResults, Interaction, Provider } from 'oidc-provider';
import { z } from 'zod';
import { type Client, redirectOriginsOf } from '../../domain/client.ts';
import { DomainError, isDomainError } from '../../domain/errors.ts';
import { actorOf } from '../../http/actor.ts';
import { clientIp } from '../../http/client-ip.ts';
import { readCookie } from '../../http/cookies.ts';
import { STATUS } from '../../http/errors.ts';
import { chooseLanguage } from '../../http/language.ts';
import { isLanguage } from '../../http/messages.ts';
import { parse } from '../../http/parse.ts';
import { requestReference } from '../../http/request-id.ts';
import { seeOther } from '../../http/see-other.ts';
import { findSignedIn, requireSignedIn, type SignedIn } from '../../http/session.ts';
import { confirmPassword } from '../../operations/confirm-password.ts';
import { giveConsent } from '../../operations/consents.ts';
import { findOidcById } from '../../operations/upstreams/live-oidc.ts';
import { errors } from './library.ts';
import { findClient, type OidcDeps, type Realm } from './realm.ts';

export interface InteractionDoor {
  readonly provider: Provider;
  readonly realm: Realm;
}

/** A request under way, and the client that made it. */
interface Step {
  readonly details: Interaction;
  readonly client: Client;
}

export async function showInteraction(
  ctx: Context,
  deps: OidcDeps,
  door: InteractionDoor,
): Promise<void> {
  const step = await findStep(ctx, door);
  const signedIn = findSignedIn(ctx);
  if (!signedIn) return leadToSignIn(ctx, step);
  if (step.details.prompt.name === 'consent') return askToAgree(ctx, deps, step);
  if (isOtherWanted(step)) return finish(ctx, door, OTHER_WANTED);
  if (isProven(step, signedIn)) return finish(ctx, door, loginOf(signedIn));
  if (await leadToUpstream(ctx, deps, signedIn)) return undefined;
  return askToProve(ctx, deps, { step });
}

const body = z.object({
  password: z.string().max(10_000).optional(),
  decision: z.enum(['allow', 'deny']).optional(),
});

export async function answerInteraction(
  ctx: Context,
  deps: OidcDeps,
  door: InteractionDoor,
): Promise<void> {
  const fields = parse(body, await deps.forms.read(ctx), 'body');
  const step = await findStep(ctx, door);
  const signedIn = requireSignedIn(ctx);
  if (step.details.prompt.name === 'consent')
    return agree(ctx, deps, { door, step, decision: fields.decision ?? 'deny' });
  return prove(ctx, deps, { door, step, signedIn, password: fields.password ?? '' });
}

async function findStep(ctx: Context, { provider, realm }: InteractionDoor): Promise<Step> {
  try {
    const details = await provider.interactionDetails(ctx.req, ctx.res);
    const client = findClient(realm, String(details.params.client_id));
    const isHere = ctx.path.endsWith(`/${details.uid}`);
    if (client && isHere) return { details, client };
  } catch (error) {
    if (!(error instanceof errors.SessionNotFound)) throw error;
  }
  throw new DomainError('openid_request_gone', undefined);
}

/** With what the client says of the person, as a suggestion. */
function leadToSignIn(ctx: Context, { details }: Step): void {
  const { login_hint: hint, ui_locales: locales } = details.params;
  const [wanted] = textOf(locales)
    .split(' ')
    .map((tag) => tag.split('-')[0])
    .filter(isLanguage);
  if (wanted !== undefined && readCookie(ctx, 'language') === undefined)
    chooseLanguage(ctx, wanted);
  const query = new URLSearchParams({ returnTo: ctx.originalUrl });
  if (typeof hint === 'string' && hint.length <= MAX_HINT) query.set('username', hint);
  seeOther(ctx, `/login?${query.toString()}`);
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
const MAX_HINT = 254;

/** Who came from a directory proves it there once more. */
async function leadToUpstream(
  ctx: Context,
  { stores, catalog }: OidcDeps,
  { session }: SignedIn,
): Promise<boolean> {
  if (!session.methods.includes('oidc')) return false;
  const kept = await stores.upstreamSessions.find(session.id);
  const live = kept && findOidcById(catalog.current().upstreams, kept.upstreamId);
  if (!live) return false;
  const query = new URLSearchParams({ fresh: 'yes', returnTo: ctx.originalUrl });
  seeOther(ctx, `/upstream/${live.upstream.slug}/login?${query.toString()}`);
  return true;
}

/** The client named somebody, and somebody else is signed in: that is for the client to sort out. */
function isOtherWanted({ details }: Step): boolean {
  const { reasons } = details.prompt;
  return reasons.includes('hinted_sub') || reasons.includes('id_token_hint');
}

const OTHER_WANTED: InteractionResults = {
  error: 'login_required',
  error_description: 'another person is signed in',
};

/** Signed in since the client asked: nobody was then, or has proved it anew. */
function isProven({ details }: Step, { session }: SignedIn): boolean {
  if (!details.session) return true;
  return Math.floor(session.authenticatedAt.getTime() / 1000) >= (details.iat ?? Infinity);
}

function loginOf({ user, session }: SignedIn): InteractionResults {
  const ts = Math.floor(session.authenticatedAt.getTime() / 1000);
  return { login: { accountId: user.id, ts, acr: '1', amr: amrOf(session) } };
}

const amrOf = ({ methods }: SignedIn['session']) =>
  methods.filter((method) => method !== 'setup' && method !== 'oidc');

async function finish(
  ctx: Context,
  { provider }: InteractionDoor,
  result: InteractionResults,
): Promise<void> {
  seeOther(ctx, await provider.interactionResult(ctx.req, ctx.res, result));
}

type Problem = 'password_wrong' | 'login_limited';

function askToProve(
  ctx: Context,
  { pages }: OidcDeps,
  { step, problem }: { step: Step; problem?: Problem },
): void {
  const { user } = requireSignedIn(ctx);
  if (problem) ctx.status = STATUS[problem];
  const page = {
    clientName: step.client.name,
    username: user.username,
    action: ctx.originalUrl,
    problem,
  };
  pages.show(ctx, 'openid-prove', page, { formAction: redirectOriginsOf(step.client) });
}

interface Proof {
  readonly door: InteractionDoor;
  readonly step: Step;
  readonly signedIn: SignedIn;
  readonly password: string;
}

async function prove(
  ctx: Context,
  deps: OidcDeps,
  { door, step, signedIn, password }: Proof,
): Promise<void> {
  try {
    await confirmPassword(deps, {
      ...signedIn,
      password,
      deviceToken: readCookie(ctx, 'device'),
      ip: clientIp(ctx),
      requestId: requestReference(ctx),
    });
  } catch (error) {
    if (isDomainError(error) && (error.code === 'password_wrong' || error.code === 'login_limited'))
      return askToProve(ctx, deps, { step, problem: error.code });
    throw error;
  }
  const session = { ...signedIn.session, authenticatedAt: deps.clock.now() };
  return finish(ctx, door, loginOf({ ...signedIn, session }));
}

function askToAgree(ctx: Context, { pages }: OidcDeps, { details, client }: Step): void {
  const { user } = requireSignedIn(ctx);
  const page = {
    clientName: client.name,
    host: new URL(client.redirectUris[0] ?? '').host,
    displayName: user.displayName,
    scopes: scopesOf(details, client),
    action: ctx.originalUrl,
  };
  pages.show(ctx, 'openid-consent', page, { formAction: redirectOriginsOf(client) });
}

function scopesOf({ params }: Interaction, { scopes }: Client) {
  const asked = new Set(textOf(params.scope).split(' '));
  return scopes.filter((scope) => asked.has(scope));
}

interface Agreement {
  readonly door: InteractionDoor;
  readonly step: Step;
  readonly decision: 'allow' | 'deny';
}

async function agree(
  ctx: Context,
  deps: OidcDeps,
  { door, step, decision }: Agreement,
): Promise<void> {
  if (decision === 'deny')
    return finish(ctx, door, {
      error: 'access_denied',
      error_description: 'the person did not agree',
    });
  const { user } = requireSignedIn(ctx);
  const { clientId } = step.client;
  await giveConsent(deps, {
    place: { userId: user.id, issuerId: door.realm.live.issuer.id, clientId },
    scopes: scopesOf(step.details, step.client),
    actor: actorOf(ctx),
  });
  return finish(ctx, door, { consent: {} });
}
