import { z } from 'zod';
import type { Clock, Random } from '../../../domain/clock.ts';
import { DomainError } from '../../../domain/errors.ts';
import { groupNameSchema } from '../../../domain/user-fields.ts';
import { etagOf, expectingIfMatch } from '../../../http/etag.ts';
import { listQuery, PAGE_SIZE } from '../../../http/list-query.ts';
import {
  addMember,
  createGroup,
  removeGroup,
  removeMember,
  renameGroup,
} from '../../../operations/people/groups.ts';
import { GROUP_SORTS, type ListedGroup } from '../../../stores/groups.ts';
import type { Stores } from '../../../stores/index.ts';
import { type ApiAnswer, type ApiRoute, apiRoute } from '../route.ts';
import { instant, nameParams, total, userParams } from './schemas.ts';
import { find as findUser } from './users.ts';

export interface GroupsApiDeps {
  readonly stores: Pick<Stores, 'groups' | 'transaction' | 'users'>;
  readonly clock: Clock;
  readonly random: Random;
}

const groupSchema = z.object({
  id: z.uuid(),
  name: z.string(),
  members: total,
  createdAt: instant,
});
const PATH = '/api/v1/groups/:name';
const MEMBER = `${PATH}/members/:username`;
const memberParams = nameParams.extend(userParams.shape);

export function groupsApi(deps: GroupsApiDeps): readonly ApiRoute[] {
  const { stores } = deps;
  return [
    apiRoute({
      method: 'GET',
      path: '/api/v1/groups',
      permission: 'users:read',
      summary: 'Groups, by name or from the newest; members are `GET /api/v1/users?group=`',
      query: listQuery.strict().extend({ sort: z.enum(GROUP_SORTS).default('name') }),
      answers: {
        200: z.object({ items: z.array(groupSchema), next: z.string().nullable(), total }),
      },
      async handle({ query }) {
        const {
          items,
          next,
          total: all,
        } = await stores.groups.search({ ...query, limit: PAGE_SIZE });
        return { status: 200, body: { items, next: next ?? null, total: all } };
      },
    }),
    apiRoute({
      method: 'GET',
      path: PATH,
      permission: 'users:read',
      summary: 'One group',
      params: nameParams,
      answers: { 200: groupSchema },
      errors: ['group_not_found'],
      async handle({ params }) {
        return answer(await find(deps, params.name), 200);
      },
    }),
    apiRoute({
      method: 'PUT',
      path: PATH,
      permission: 'users:write',
      summary: 'Make sure that there is a group of this name',
      params: nameParams,
      body: z.strictObject({}),
      answers: { 200: groupSchema, 201: groupSchema },
      errors: ['group_not_found', 'group_name_taken'],
      async handle({ params: { name }, actor, caller: { permissions } }) {
        const found = await stores.groups.findByName(name);
        if (found) return answer(found, 200);
        const made = await createGroup(deps, { name, actor, permissions });
        return answer(await find(deps, made.name), 201);
      },
    }),
    apiRoute({
      method: 'PATCH',
      path: PATH,
      permission: 'users:write',
      summary: 'Rename a group; rules go by the name',
      params: nameParams,
      body: z.strictObject({ name: groupNameSchema }),
      answers: { 200: groupSchema },
      errors: ['changed_meanwhile', 'group_name_taken', 'group_not_found'],
      async handle({ ctx, params, body, actor, caller: { permissions } }) {
        const which = { name: params.name };
        const expected = expectingIfMatch(ctx, represent);
        const author = { actor, permissions };
        const { name } = await renameGroup(deps, { which, name: body.name, expected, ...author });
        return answer(await find(deps, name), 200);
      },
    }),
    apiRoute({
      method: 'DELETE',
      path: PATH,
      permission: 'users:write',
      summary: 'Put a group into the bin, with who is in it',
      params: nameParams,
      answers: { 204: null },
      errors: ['changed_meanwhile', 'group_not_found'],
      async handle({ ctx, params, actor, caller: { permissions } }) {
        const expected = expectingIfMatch(ctx, represent);
        await removeGroup(deps, { which: { name: params.name }, expected, actor, permissions });
        return { status: 204 };
      },
    }),
    ...(
      [
        ['PUT', 'Put a user into a group', addMember],
        ['DELETE', 'Take a user out of a group', removeMember],
      ] as const
    ).map(([method, summary, change]) =>
      apiRoute({
        method,
        path: MEMBER,
        permission: 'users:write',
        summary,
        params: memberParams,
        answers: { 204: null },
        errors: ['field_owned_by_upstream', 'group_not_found', 'rights_too_high', 'user_not_found'],
        async handle({ params, actor, caller: { permissions } }) {
          const { id } = await findUser(deps, params.username);
          await change(deps, { which: { name: params.name }, who: { id }, actor, permissions });
          return { status: 204 };
        },
      }),
    ),
  ];
}

function answer(group: ListedGroup, status: number): ApiAnswer {
  return { status, body: group, headers: { ETag: etagOf(represent(group)) } };
}

function represent({ name }: { readonly name: string }) {
  return { name };
}

async function find({ stores }: GroupsApiDeps, name: string): Promise<ListedGroup> {
  const group = await stores.groups.findByName(name);
  if (!group) throw new DomainError('group_not_found', { name });
  return group;
}
