import { z } from 'zod';
import type { PasswordHasher } from '../../../crypto/password.ts';
import type { Clock, Random } from '../../../domain/clock.ts';
import { DomainError } from '../../../domain/errors.ts';
import { USER_ROLES } from '../../../domain/permissions.ts';
import { loginKey, type User } from '../../../domain/user.ts';
import { newUserSchema, userChangeSchema } from '../../../domain/user-fields.ts';
import { representUser } from '../../../domain/user-representation.ts';
import { etagOf, expectingIfMatch } from '../../../http/etag.ts';
import { listQuery, PAGE_SIZE } from '../../../http/list-query.ts';
import { createUser } from '../../../operations/create-user.ts';
import { removeUser } from '../../../operations/people/remove-user.ts';
import { updateUser } from '../../../operations/people/update-user.ts';
import { ownedPaths, ownershipsOf } from '../../../operations/upstreams/ownership.ts';
import type { Stores } from '../../../stores/index.ts';
import { USER_SORTS, USER_STATUSES } from '../../../stores/user-search.ts';
import { type ApiAnswer, type ApiRoute, apiRoute } from '../route.ts';
import {
  oneUserSchema,
  presentIdentity,
  presentUser,
  total,
  userBody,
  userParams,
  userSchema,
} from './schemas.ts';

export interface UsersApiDeps {
  readonly stores: Pick<Stores, 'groups' | 'identities' | 'transaction' | 'upstreams' | 'users'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly passwords: Pick<PasswordHasher, 'hash'>;
}

export const usersQuery = listQuery.strict().extend({
  group: z.string().max(200).optional(),
  status: z.enum(USER_STATUSES).optional(),
  role: z.enum([...USER_ROLES, 'none']).optional(),
  source: z.string().max(100).optional(),
  sort: z.enum(USER_SORTS).default('username'),
  order: z.enum(['ascending', 'descending']).default('ascending'),
});

export function usersApi(deps: UsersApiDeps): readonly ApiRoute[] {
  const { stores } = deps;
  return [
    apiRoute({
      method: 'GET',
      path: '/api/v1/users',
      permission: 'users:read',
      summary: 'Users, searched by the beginnings of words, filtered and sorted',
      query: usersQuery,
      answers: {
        200: z.object({ items: z.array(userSchema), next: z.string().nullable(), total }),
      },
      async handle({ query }) {
        const found = await stores.users.search({ ...query, limit: PAGE_SIZE });
        const items = found.items.map(presentUser);
        return { status: 200, body: { items, next: found.next ?? null, total: found.total } };
      },
    }),
    apiRoute({
      method: 'POST',
      path: '/api/v1/users',
      permission: 'users:write',
      summary: 'Add a user; without a password until they choose one by a link',
      body: newUserSchema,
      answers: { 201: oneUserSchema },
      errors: ['login_name_taken', 'rights_too_high'],
      async handle({ body, actor, caller: { permissions } }) {
        const user = await createUser(deps, {
          user: body,
          password: undefined,
          actor,
          permissions,
        });
        return answer(deps, user, 201);
      },
    }),
    apiRoute({
      method: 'GET',
      path: '/api/v1/users/:username',
      permission: 'users:read',
      summary: 'One user',
      params: userParams,
      answers: { 200: oneUserSchema },
      errors: ['user_not_found'],
      async handle({ params }) {
        return answer(deps, await find(deps, params.username), 200);
      },
    }),
    apiRoute({
      method: 'PUT',
      path: '/api/v1/users/:username',
      permission: 'users:write',
      summary:
        'Make a user be exactly this, adding them if need be; what is left out is the default',
      params: userParams,
      body: userBody,
      answers: { 200: oneUserSchema, 201: oneUserSchema },
      errors: [
        'changed_meanwhile',
        'field_owned_by_upstream',
        'last_administrator',
        'login_name_taken',
        'rights_too_high',
        'user_not_found',
      ],
      async handle({ ctx, params, body, actor, caller: { permissions } }) {
        const { username = params.username, displayName = username, ...rest } = body;
        const wanted = { ...rest, username, displayName };
        const found = await findMaybe(deps, params.username);
        if (!found) {
          if (ctx.get('If-Match') !== '') throw new DomainError('changed_meanwhile', undefined);
          const user = withoutNulls(wanted);
          const made = await createUser(deps, { user, password: undefined, actor, permissions });
          return answer(deps, made, 201);
        }
        const updated = await updateUser(deps, {
          who: { id: found.id },
          changes: {
            ...wanted,
            email: wanted.email ?? null,
            language: wanted.language ?? null,
            avatarUrl: wanted.avatarUrl ?? null,
            role: wanted.role ?? null,
          },
          expected: expectingIfMatch(ctx, representUser),
          actor,
          permissions,
        });
        return answer(deps, updated, 200);
      },
    }),
    apiRoute({
      method: 'PATCH',
      path: '/api/v1/users/:username',
      permission: 'users:write',
      summary: 'Change what is named and leave the rest; null takes a value away',
      params: userParams,
      body: userChangeSchema,
      answers: { 200: oneUserSchema },
      errors: [
        'changed_meanwhile',
        'field_owned_by_upstream',
        'last_administrator',
        'login_name_taken',
        'rights_too_high',
        'user_not_found',
      ],
      async handle({ ctx, params, body, actor, caller: { permissions } }) {
        const { id } = await find(deps, params.username);
        const expected = expectingIfMatch(ctx, representUser);
        const input = { who: { id }, changes: body, expected, actor, permissions };
        return answer(deps, await updateUser(deps, input), 200);
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: '/api/v1/users/:username',
      permission: 'users:write',
      summary: 'Put a user into the bin',
      params: userParams,
      answers: { 204: null },
      errors: ['changed_meanwhile', 'last_administrator', 'rights_too_high', 'user_not_found'],
      async handle({ ctx, params, actor, caller: { permissions } }) {
        const { id } = await find(deps, params.username);
        const expected = expectingIfMatch(ctx, representUser);
        await removeUser(deps, { who: { id }, expected, actor, permissions });
        return { status: 204 };
      },
    }),
  ];
}

async function answer({ stores }: UsersApiDeps, user: User, status: number): Promise<ApiAnswer> {
  const facts = await stores.users.findFacts(user.id);
  if (!facts) throw new DomainError('user_not_found', { name: user.username });
  const ownerships = await ownershipsOf(stores, user);
  return {
    status,
    body: {
      ...presentUser({ user, facts }),
      identities: ownerships.map(presentIdentity),
      owned: ownedPaths(ownerships, user),
    },
    headers: {
      ETag: etagOf(representUser(user)),
      ...(status === 201 ? { Location: `/api/v1/users/${encodeURIComponent(user.username)}` } : {}),
    },
  };
}

interface FindDeps {
  readonly stores: Pick<Stores, 'users'>;
}

/** By username alone: an e-mail address may become somebody else's. */
async function findMaybe({ stores }: FindDeps, username: string): Promise<User | undefined> {
  const user = (await stores.users.findByLoginName(username))?.user;
  return user && loginKey(user.username) === loginKey(username) ? user : undefined;
}

/** @throws {DomainError} `user_not_found`. */
export async function find(deps: FindDeps, username: string): Promise<User> {
  const user = await findMaybe(deps, username);
  if (!user) throw new DomainError('user_not_found', { name: username });
  return user;
}

type Body = z.output<typeof userBody> & { readonly username: string; readonly displayName: string };

function withoutNulls({ email, language, avatarUrl, role, ...rest }: Body) {
  return {
    ...rest,
    ...(email ? { email } : {}),
    ...(language ? { language } : {}),
    ...(avatarUrl ? { avatarUrl } : {}),
    ...(role ? { role } : {}),
  };
}
