/**
 * What is done to people besides changing them.
 *
 * @module
 */
import { z } from 'zod';
import { describeDevice } from '../../../http/device.ts';
import { BULK_MAX, type BulkAction, bulkUsers } from '../../../operations/people/bulk.ts';
import { endUserSessions } from '../../../operations/people/end-user-sessions.ts';
import { passwordLink, type SendLink } from '../../../operations/people/link-mail.ts';
import { inviteUser } from '../../../operations/people/password-links.ts';
import { unlinkIdentity } from '../../../operations/upstreams/links.ts';
import type { Stores } from '../../../stores/index.ts';
import { type ApiRoute, apiRoute } from '../route.ts';
import { instant, userParams } from './schemas.ts';
import { find, type UsersApiDeps } from './users.ts';

export interface UserDeedsDeps extends UsersApiDeps {
  readonly stores: UsersApiDeps['stores'] & Pick<Stores, 'sessions'>;
  readonly publicUrl: () => URL;
  readonly sendLink: SendLink;
}

const sessionSchema = z.object({
  id: z.uuid(),
  browser: z.string().nullable(),
  system: z.string().nullable(),
  ip: z.string().nullable(),
  createdAt: instant,
  lastSeenAt: instant,
});

const linkBody = z.strictObject({
  mail: z.boolean().default(false).meta({
    description: 'Send it to the e-mail address, where the server can send mail.',
  }),
});
const ids = z.array(z.uuid()).min(1).max(BULK_MAX);
const bulkBody = z.discriminatedUnion('action', [
  z.strictObject({ action: z.enum(['disable', 'enable', 'remove']), ids }),
  z.strictObject({
    action: z.enum(['add_to_group', 'remove_from_group']),
    ids,
    group: z.string().min(1).max(200),
  }),
]);

export function userDeedsApi(deps: UserDeedsDeps): readonly ApiRoute[] {
  const { stores, clock } = deps;
  const sessions = '/api/v1/users/:username/sessions';
  return [
    apiRoute({
      method: 'DELETE',
      path: '/api/v1/users/:username/identities/:upstream',
      permission: 'users:write',
      summary: 'Remove the link to an upstream, with what it gave; all sign-ins end',
      params: userParams.extend({ upstream: z.string().max(40) }),
      answers: { 204: null },
      errors: ['identity_not_found', 'rights_too_high', 'user_not_found'],
      async handle({ params, actor, caller: { permissions } }) {
        const { id } = await find(deps, params.username);
        const { upstream } = params;
        await unlinkIdentity(deps, { who: { id }, upstream, actor, permissions });
        return { status: 204 };
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/v1/users/:username/password-link',
      permission: 'users:write',
      summary: 'Make a link with which the user chooses a password, and send it if asked',
      params: userParams,
      body: linkBody,
      answers: {
        201: z.object({
          link: z.string().meta({ description: 'Told here alone.' }),
          expiresAt: instant,
          mailed: z.boolean(),
        }),
      },
      errors: ['field_owned_by_upstream', 'rights_too_high', 'user_not_found'],
      async handle({ params, body, actor, caller: { permissions } }) {
        const { id } = await find(deps, params.username);
        const made = await inviteUser(deps, { who: { id }, actor, permissions });
        const { user, token, expiresAt } = made;
        const link = passwordLink(deps.publicUrl(), token);
        const mayMail = body.mail && user.email !== undefined;
        const mailed = mayMail && (await deps.sendLink?.({ user, link, expiresAt }));
        return {
          status: 201,
          body: { link, expiresAt, mailed: mailed ?? false },
          headers: { 'Cache-Control': 'no-store' },
        };
      },
    }),
    apiRoute({
      method: 'GET',
      path: sessions,
      permission: 'users:read',
      summary: 'Where a user is signed in, last used first',
      params: userParams,
      answers: { 200: z.object({ items: z.array(sessionSchema) }) },
      errors: ['user_not_found'],
      async handle({ params }) {
        const { id: userId } = await find(deps, params.username);
        const found = await stores.sessions.listOfUser(userId, clock.now());
        const items = found.map(({ id, ip, userAgent, createdAt, lastSeenAt }) => {
          const { browser, system } = describeDevice(userAgent);
          const device = { browser: browser ?? null, system: system ?? null };
          return { id, ...device, ip: ip ?? null, createdAt, lastSeenAt };
        });
        return { status: 200, body: { items } };
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: sessions,
      permission: 'users:write',
      summary: 'Sign a user out everywhere',
      params: userParams,
      answers: { 204: null },
      errors: ['field_owned_by_upstream', 'rights_too_high', 'user_not_found'],
      async handle({ params, actor, caller: { permissions } }) {
        const { id } = await find(deps, params.username);
        await endUserSessions(deps, { who: { id }, actor, permissions });
        return { status: 204 };
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: `${sessions}/:id`,
      permission: 'users:write',
      summary: 'End one session of a user',
      params: userParams.extend({ id: z.uuid() }),
      answers: { 204: null },
      errors: ['rights_too_high', 'session_not_found', 'user_not_found'],
      async handle({ params, actor, caller: { permissions } }) {
        const { id } = await find(deps, params.username);
        const sessionId = params.id;
        await endUserSessions(deps, { who: { id }, sessionId, actor, permissions });
        return { status: 204 };
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/v1/users/bulk',
      permission: 'users:write',
      summary: 'Do the same to several users, each for itself; says of each why it was not done',
      body: bulkBody,
      answers: {
        200: z.object({
          results: z.array(z.object({ id: z.uuid(), refused: z.string().nullable() })),
        }),
      },
      async handle({ body, actor, caller: { permissions } }) {
        const action: BulkAction =
          'group' in body
            ? { kind: body.action, group: { name: body.group } }
            : { kind: body.action };
        const done = await bulkUsers(deps, { ids: body.ids, action, actor, permissions });
        const results = done.map(({ id, refused }) => ({ id, refused: refused ?? null }));
        return { status: 200, body: { results } };
      },
    }),
  ];
}
