/**
 * By what a person may sign in: the own password, and the directories their account is linked to.
 *
 * Linking and removing are for who proved lately who they are: by the password, or at a directory
 * once more.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import type { Directory, Reached } from '../../directory/directory.ts';
import type { Random } from '../../domain/clock.ts';
import { DomainError, isDomainError } from '../../domain/errors.ts';
import { isFresh } from '../../domain/session.ts';
import { maySignInLocally, SIGN_IN_SETTING } from '../../domain/sign-in-setting.ts';
import type { Upstream } from '../../domain/upstreams/upstream.ts';
import { actorOf } from '../../http/actor.ts';
import { clientIp } from '../../http/client-ip.ts';
import { readCookie } from '../../http/cookies.ts';
import { STATUS } from '../../http/errors.ts';
import type { Forms } from '../../http/form.ts';
import type { PortalPages } from '../../http/page-contexts/portal.ts';
import type { Pages } from '../../http/pages.ts';
import { parse } from '../../http/parse.ts';
import { requestReference } from '../../http/request-id.ts';
import { seeOther } from '../../http/see-other.ts';
import { requireSignedIn } from '../../http/session.ts';
import { type ConfirmPasswordDeps, confirmPassword } from '../../operations/confirm-password.ts';
import type { CatalogSnapshot } from '../../operations/issuer-catalog.ts';
import { beginLogin, type BeginLoginDeps } from '../../operations/upstreams/begin-login.ts';
import {
  linkDirectory,
  type LinkDirectoryDeps,
  type LinkDirectoryInput,
} from '../../operations/upstreams/link-directory.ts';
import { unlinkOwn } from '../../operations/upstreams/links.ts';
import { findOidc, listOidc } from '../../operations/upstreams/live-oidc.ts';
import { ownershipsOf } from '../../operations/upstreams/ownership.ts';
import type { Stores } from '../../stores/index.ts';
import { browserToken } from './upstream-login.ts';
import { upstreamHref } from './upstream-problem.ts';

export interface WaysPageDeps extends ConfirmPasswordDeps, BeginLoginDeps, LinkDirectoryDeps {
  readonly stores: ConfirmPasswordDeps['stores'] &
    BeginLoginDeps['stores'] &
    LinkDirectoryDeps['stores'] &
    Pick<Stores, 'groups' | 'identities' | 'upstreams'>;
  readonly catalog: { current(): Pick<CatalogSnapshot, 'settings' | 'upstreams'> };
  readonly directory: Pick<Directory, 'authenticate' | 'proveAgain'>;
  readonly random: Random;
  readonly forms: Forms;
  readonly pages: Pages;
}

type Ways = PortalPages['account-ways'];

const PATH = '/account/ways-in';
const OUTCOMES = ['linked', 'removed'] as const;

/** `GET /account/ways-in` */
export function showWays(deps: WaysPageDeps): Middleware {
  return (ctx) => {
    const outcome = OUTCOMES.find((one) => ctx.query[one] !== undefined) ?? 'none';
    return show(ctx, deps, { outcome, fault: undefined });
  };
}

const confirmBody = z.object({ password: z.string().max(10_000) });

/** `POST /account/ways-in/confirm`: the password once more. */
export function submitConfirmation(deps: WaysPageDeps): Middleware {
  return async (ctx) => {
    const { user, session } = requireSignedIn(ctx);
    const { password } = parse(confirmBody, await deps.forms.read(ctx), 'body');
    try {
      await confirmPassword(deps, {
        user,
        session,
        password,
        deviceToken: readCookie(ctx, 'device'),
        ip: clientIp(ctx),
        requestId: requestReference(ctx),
      });
      seeOther(ctx, PATH);
    } catch (error) {
      if (!isDomainError(error) || error.code !== 'password_wrong') throw error;
      ctx.status = STATUS[error.code];
      await show(ctx, deps, { outcome: 'none', fault: 'wrong' });
    }
  };
}

const body = z.object({ upstream: z.string().max(40) });
const linkBody = body.extend({
  // Of a directory that asks for them. Postgres takes no NUL.
  name: z
    .string()
    .max(400)
    .default('')
    .refine((name) => !name.includes('\0')),
  password: z.string().max(10_000).default(''),
});

/**
 * `POST /account/ways-in/link`: on to the directory, whose callback makes the link; or, with name and
 * password, to one that has no page of its own.
 */
export function submitLink(deps: WaysPageDeps): Middleware {
  return async (ctx) => {
    const { user } = requireSignedIn(ctx);
    const { upstream: slug, ...proof } = parse(linkBody, await deps.forms.read(ctx), 'body');
    if (!isFreshHere(ctx, deps)) return seeOther(ctx, PATH);
    const directory = listLdap(deps).find(({ upstream }) => upstream.slug === slug);
    if (directory) return linkByPassword(ctx, deps, { reached: directory, ...proof });
    const location = await beginLogin(deps, {
      live: findOidc(deps.catalog.current().upstreams, slug),
      browserToken: browserToken(ctx, deps),
      purpose: 'link',
      userId: user.id,
      returnTo: `${PATH}?linked`,
      loginHint: undefined,
      fresh: true,
      ip: clientIp(ctx),
    });
    // No redirect: browsers hold what follows a form against `form-action`, and nobody knows where a
    // provider leads to.
    ctx.set('Refresh', `0; url=${location.href}`);
    deps.pages.show(ctx, 'notice', { notice: 'to_upstream', continueHref: location.href });
  };
}

async function linkByPassword(
  ctx: Context,
  deps: WaysPageDeps,
  proof: Pick<LinkDirectoryInput, 'reached' | 'name' | 'password'>,
): Promise<void> {
  const { user } = requireSignedIn(ctx);
  try {
    await linkDirectory(deps, {
      ...proof,
      user,
      deviceToken: readCookie(ctx, 'device'),
      ip: clientIp(ctx),
      requestId: requestReference(ctx),
    });
    seeOther(ctx, `${PATH}?linked`);
  } catch (error) {
    if (!isDomainError(error) || error.code !== 'password_wrong') throw error;
    ctx.status = STATUS[error.code];
    await show(ctx, deps, { outcome: 'none', fault: 'wrong_there' });
  }
}

/** `POST /account/ways-in/remove` */
export function submitRemoval(deps: WaysPageDeps): Middleware {
  return async (ctx) => {
    const { user, session } = requireSignedIn(ctx);
    const { upstream } = parse(body, await deps.forms.read(ctx), 'body');
    if (!isFreshHere(ctx, deps)) return seeOther(ctx, PATH);
    const whose = { userId: user.id, sessionId: session.id, actor: actorOf(ctx) };
    await unlinkOwn(deps, { ...whose, upstream });
    seeOther(ctx, `${PATH}?removed`);
  };
}

/** @throws {DomainError} `upstream_login_gone` when somebody else is signed in by now. */
export function requireLinking(ctx: Context, userId: string | undefined): string {
  const { user } = requireSignedIn(ctx);
  if (user.id !== userId) throw new DomainError('upstream_login_gone', undefined);
  return user.id;
}

function isFreshHere(ctx: Context, { clock }: WaysPageDeps): boolean {
  return isFresh(requireSignedIn(ctx).session, clock.now());
}

function listLdap({ catalog }: Pick<WaysPageDeps, 'catalog'>): Reached[] {
  return [...catalog.current().upstreams.values()].flatMap(({ upstream, secrets }) =>
    upstream.type === 'ldap' && !upstream.disabled ? [{ upstream, secrets }] : [],
  );
}

function asksForPassword({ type, disabled }: Pick<Upstream, 'type' | 'disabled'>): boolean {
  return type === 'ldap' && !disabled;
}

async function show(
  ctx: Context,
  deps: WaysPageDeps,
  { outcome, fault }: Pick<Ways, 'outcome' | 'fault'>,
): Promise<void> {
  const { stores, pages, clock, catalog } = deps;
  const { user } = requireSignedIn(ctx);
  const ownerships = await ownershipsOf(stores, user);
  const hasPassword = (await stores.users.findPasswordHash(user.id)) !== undefined;
  const { settings } = catalog.current();
  const isPasswordOne = hasPassword && maySignInLocally(user, settings.get(SIGN_IN_SETTING));
  const linked = ownerships.map(({ upstream: { name, slug, disabled }, identity }) => {
    const others = ownerships.filter((one) => one.upstream.slug !== slug && !one.upstream.disabled);
    const { createdAt, lastSeenAt } = identity;
    const isLast = !isPasswordOne && others.length === 0;
    return { name, slug, disabled, createdAt, lastSeenAt, mayGo: !isLast };
  });
  const known = new Set(linked.map(({ slug }) => slug));
  const openid = listOidc(catalog.current().upstreams).map(({ upstream }) => upstream);
  pages.show(ctx, 'account-ways', {
    now: clock.now(),
    hasPassword,
    provesByPassword: hasPassword || ownerships.some(({ upstream }) => asksForPassword(upstream)),
    linked,
    available: openid
      .filter(({ slug }) => !known.has(slug))
      .map(({ name, slug }) => ({ name, slug })),
    directories: listLdap(deps)
      .filter(({ upstream: { slug } }) => !known.has(slug))
      .map(({ upstream: { name, slug } }) => ({ name, slug })),
    confirmAt: openid
      .filter(({ slug }) => known.has(slug))
      .map(({ name, slug }) => ({
        name,
        href: `${upstreamHref(slug, { returnTo: PATH })}&fresh`,
      })),
    standing: isFreshHere(ctx, deps) ? 'fresh' : 'stale',
    fault,
    outcome,
  });
}
