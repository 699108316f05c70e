/**
 * One person: what is known of them, and what is done to them.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import type { StoredAuditEvent } from '../../../domain/audit-event.ts';
import { fromUser } from '../../../domain/config-file/user-entry.ts';
import { mayManage, permissionsOf, USER_ROLES } from '../../../domain/permissions.ts';
import type { User } from '../../../domain/user.ts';
import { representUser } from '../../../domain/user-representation.ts';
import { ownPicture } from '../../../domain/upstreams/picture.ts';
import { authorOf } from '../../../http/actor.ts';
import { asCurl } from '../../../http/as-curl.ts';
import { asYaml } from '../../../http/as-yaml.ts';
import { describeDevice } from '../../../http/device.ts';
import { parse } from '../../../http/parse.ts';
import { seeOther } from '../../../http/see-other.ts';
import { may, requireSignedIn } from '../../../http/session.ts';
import type { Author } from '../../../operations/actor.ts';
import { disableUser, enableUser } from '../../../operations/disable-user.ts';
import { outstandingTokens } from '../../../operations/outstanding-tokens.ts';
import { endUserSessions } from '../../../operations/people/end-user-sessions.ts';
import { removeUser } from '../../../operations/people/remove-user.ts';
import { updateUser } from '../../../operations/people/update-user.ts';
import { unlinkIdentity } from '../../../operations/upstreams/links.ts';
import {
  type Ownership,
  ownershipsOf,
  showOwnership,
} from '../../../operations/upstreams/ownership.ts';
import { param } from '../route.ts';
import type { PeopleDeps } from './deps.ts';
import { findUser } from './find-user.ts';
import { entryOf } from './user-entry.ts';

const EVENTS_LOOKED_AT = 60;
const EVENTS_SHOWN = 10;

/** `GET /admin/users/{id}` */
export function showUser(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    const { stores, clock, pages } = deps;
    const user = await findUser(deps, param(ctx, 'id'));
    const now = clock.now();
    const facts = await stores.users.findFacts(user.id);
    const tokens = await outstandingTokens(deps, { kind: 'user', userId: user.id });
    const events = await stores.auditEvents.list({
      aboutUserId: user.id,
      limit: EVENTS_LOOKED_AT,
    });
    const ownerships = await ownershipsOf(stores, user);
    if (!facts) throw new Error('a person without facts');

    pages.show(ctx, 'admin-user', {
      user: entryOf(user, facts),
      attributes: Object.entries(user.attributes).map(
        ([name, value]) => [name, showValue(value)] as const,
      ),
      language: user.language,
      avatarUrl: user.avatarUrl,
      picture: ownPicture(deps.publicUrl(), user.avatarUrl),
      now,
      signIns: (await stores.sessions.listOfUser(user.id, now)).map(
        ({ id, ip, userAgent, createdAt, lastSeenAt }) => ({
          id,
          ip,
          createdAt,
          lastSeenAt,
          device: describeDevice(userAgent),
        }),
      ),
      events: events.filter(isSignIn).slice(0, EVENTS_SHOWN).map(presentEvent),
      identities: ownerships.map(presentIdentity),
      owned: showOwnership(ownerships, user),
      tokens: { count: tokens.count, lastEndsAt: tokens.lastExpiresAt },
      passwordChangedAt: facts.passwordChangedAt,
      mayMail: deps.sendLink !== undefined && user.email !== undefined,
      linkExpiresAt: await stores.passwordLinks.findExpiry(user.id, now),
      ...rightsOver(ctx, user),
      roles: USER_ROLES,
      machine: machineOf(deps, user),
    });
  };
}

function rightsOver(ctx: Context, user: User) {
  const own = permissionsOf(requireSignedIn(ctx).user.role);
  const mayWrite = may(ctx, 'users:write') && mayManage(own, user.role);
  return {
    mayWrite,
    mayGiveRoles: mayWrite && may(ctx, 'roles:write'),
  };
}

function machineOf({ publicUrl }: PeopleDeps, user: User) {
  const path = `/api/v1/users/${encodeURIComponent(user.username)}`;
  return {
    curl: asCurl(publicUrl(), { method: 'PUT', path, body: representUser(user) }),
    yaml: asYaml({ users: [fromUser(user)] }),
  };
}

function showValue(value: string | number | boolean | readonly string[]): string {
  return typeof value === 'object' ? value.join(', ') : String(value);
}

function presentIdentity({ upstream: { slug, name }, identity }: Ownership) {
  const { subject, linked, createdAt, lastSeenAt, missingSince } = identity;
  return { slug, name, subject, linked, createdAt, lastSeenAt, missingSince };
}

/** Sign-ins and what was refused. */
function isSignIn({ type }: StoredAuditEvent): boolean {
  return type.startsWith('session.') || type === 'token.denied';
}

function presentEvent({ at, type, reason, ip, room, requestId }: StoredAuditEvent) {
  return { at, type, reason, ip, room, requestId };
}

type Act = (
  deps: PeopleDeps,
  target: Author & { readonly who: { readonly id: string } },
) => unknown;

function act(done: string, deed: Act, after?: string): (deps: PeopleDeps) => Middleware {
  return (deps) => async (ctx) => {
    const { id } = await findUser(deps, param(ctx, 'id'));
    parse(z.strictObject({}), await deps.forms.read(ctx), 'body');
    await deed(deps, { who: { id }, ...authorOf(ctx) });
    seeOther(ctx, `${after ?? `/admin/users/${id}`}?done=${done}`);
  };
}

/** `POST /admin/users/{id}/disable`, and so on. */
export const submitDisable = act('disabled', disableUser);
export const submitEnable = act('enabled', enableUser);
export const submitRemove = act('removed', removeUser, '/admin/users');

const sessionBody = z.strictObject({ session: z.string().max(100).default('') });

/** `POST /admin/users/{id}/sign-out`: one sign-in, or all without `session`. */
export function submitSignOut(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    const { id } = await findUser(deps, param(ctx, 'id'));
    const { session } = parse(sessionBody, await deps.forms.read(ctx), 'body');
    const sessionId = session === '' ? undefined : session;
    await endUserSessions(deps, { who: { id }, sessionId, ...authorOf(ctx) });
    seeOther(ctx, `/admin/users/${id}?done=signed_out`);
  };
}

const unlinkBody = z.strictObject({ upstream: z.string().max(40) });

/** `POST /admin/users/{id}/unlink` */
export function submitUnlink(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    const { id } = await findUser(deps, param(ctx, 'id'));
    const { upstream } = parse(unlinkBody, await deps.forms.read(ctx), 'body');
    await unlinkIdentity(deps, { who: { id }, upstream, ...authorOf(ctx) });
    seeOther(ctx, `/admin/users/${id}?done=saved`);
  };
}

const roleBody = z.strictObject({ role: z.enum([...USER_ROLES, '']) });

/** `POST /admin/users/{id}/role` */
export function submitRole(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    const { id, role: before, source } = await findUser(deps, param(ctx, 'id'));
    const { role } = parse(roleBody, await deps.forms.read(ctx), 'body');
    const changes = { role: role === '' ? null : role };
    const after = await updateUser(deps, { who: { id }, changes, ...authorOf(ctx) });
    const hasRisen = source === 'local' && !mayManage(permissionsOf(before), after.role);
    seeOther(ctx, `/admin/users/${id}?done=${hasRisen ? 'promoted' : 'saved'}`);
  };
}
