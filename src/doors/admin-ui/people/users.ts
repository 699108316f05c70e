/**
 * The list of people, and what is done to several of them at once.
 *
 * @module
 */
import type { Context, Middleware } from 'koa';
import { z } from 'zod';
import { DomainError } from '../../../domain/errors.ts';
import { USER_ROLES } from '../../../domain/permissions.ts';
import { authorOf } from '../../../http/actor.ts';
import { asCurl } from '../../../http/as-curl.ts';
import { hrefWith, listFrame, listQuery, PAGE_SIZE } from '../../../http/list-query.ts';
import { toLocalPath } from '../../../http/local-path.ts';
import { parse } from '../../../http/parse.ts';
import { readQuery } from '../../../http/query.ts';
import { seeOther } from '../../../http/see-other.ts';
import { may } from '../../../http/session.ts';
import { type BulkAction, bulkUsers } from '../../../operations/people/bulk.ts';
import { USER_STATUSES, type UserQuery } from '../../../stores/user-search.ts';
import type { PeopleDeps } from './deps.ts';
import { entryOf } from './user-entry.ts';

/** As the form offers them; a minus turns the order around. */
const SORTS = {
  username: ['username', 'ascending'],
  name: ['name', 'ascending'],
  '-created': ['created', 'descending'],
  created: ['created', 'ascending'],
  '-last_sign_in': ['last_sign_in', 'descending'],
  last_sign_in: ['last_sign_in', 'ascending'],
} as const;
type SortName = keyof typeof SORTS;

const any = z.literal('');
export const usersQuery = listQuery.extend({
  group: z.string().max(200).default(''),
  status: z.union([any, z.enum(USER_STATUSES)]).default(''),
  role: z.union([any, z.enum([...USER_ROLES, 'none'])]).default(''),
  sort: z.enum(Object.keys(SORTS) as [SortName, ...SortName[]]).default('username'),
  done: z.string().optional(),
});
export type UsersFilters = z.output<typeof usersQuery>;

/** More are not offered for choice, but are taken all the same. */
const GROUPS_OFFERED = 500;

export function toUserQuery(filters: UsersFilters): Omit<UserQuery, 'limit'> {
  const { q, after, group, status, role } = filters;
  const [sort, order] = SORTS[filters.sort];
  return {
    q,
    after,
    group: group.trim() || undefined,
    status: status || undefined,
    role: role || undefined,
    sort,
    order,
  };
}

/** `GET /admin/users?q=&group=&status=&role=&sort=&after=` */
export function showUsers({ stores, clock, pages, publicUrl }: PeopleDeps): Middleware {
  return async (ctx) => {
    const filters = readQuery(ctx, usersQuery);
    const found = await stores.users.search({ ...toUserQuery(filters), limit: PAGE_SIZE });
    pages.show(ctx, 'admin-users', {
      list: listFrame(ctx, { q: filters.q, ...found }),
      filters,
      groups: await groupNames(stores),
      users: found.items.map(({ user, facts }) => entryOf(user, facts)),
      now: clock.now(),
      mayWrite: may(ctx, 'users:write'),
      exportHref: hrefWith(ctx, { after: undefined }).replace(ctx.path, '/admin/users/export.csv'),
      machine: {
        curl: asCurl(publicUrl(), { method: 'GET', path: apiPath(filters) }),
        yaml: undefined,
      },
    });
  };
}

/** The list by machine, with the same filters. */
function apiPath({ q, group, status, role, ...filters }: UsersFilters): string {
  const [sort, order] = SORTS[filters.sort];
  const given = Object.entries({ q: q ?? '', group, status, role, sort, order });
  const params = new URLSearchParams(given.filter(([, value]) => value !== ''));
  return `/api/v1/users?${params.toString()}`;
}

export async function groupNames({ groups }: Pick<PeopleDeps['stores'], 'groups'>) {
  return (await groups.search({ limit: GROUPS_OFFERED })).items.map(({ name }) => name);
}

const USER_FIELD = /^user\.([\da-f-]{36})$/;
const ACTIONS = ['disable', 'enable', 'remove', 'add_to_group', 'remove_from_group'] as const;
const bulkBody = z.object({
  action: z.enum(ACTIONS),
  group: z.string().max(200).default(''),
  back: z.string().max(4000).default(''),
});

/** `POST /admin/users/bulk`: a box of the list is called `user.{uuid}`. */
export function submitBulk(deps: PeopleDeps): Middleware {
  return async (ctx) => {
    const fields = await deps.forms.read(ctx);
    const ids = Object.keys(fields)
      .filter((name) => !Object.hasOwn(bulkBody.shape, name))
      .map(idOf);
    const { action, group, back } = parse(bulkBody, fields, 'body');
    if (/group/.test(action) && !(await deps.stores.groups.findByName(group)))
      throw new DomainError('group_not_found', { name: group });
    const results = await bulkUsers(deps, {
      ids,
      action: toAction(action, group),
      ...authorOf(ctx),
    });
    const backHref = backTo(back);
    const refused = results.filter((result) => result.refused !== undefined);
    if (refused.length === 0) return seeOther(ctx, backHref.done);

    await showRefused(ctx, deps, {
      done: results.length - refused.length,
      refused,
      backHref: backHref.plain,
    });
  };
}

function idOf(name: string): string {
  const id = USER_FIELD.exec(name)?.[1];
  if (id !== undefined) return id;
  const issues = [{ path: `body.${name}`, message: 'is no field of this form' }];
  throw new DomainError('input_invalid', { issues });
}

function toAction(kind: (typeof ACTIONS)[number], group: string): BulkAction {
  if (kind === 'add_to_group' || kind === 'remove_from_group')
    return { kind, group: { name: group } };
  return { kind };
}

/** Only ever to a list of people. */
function backTo(back: string): { readonly plain: string; readonly done: string } {
  const query = new URLSearchParams(/^\/admin\/users\?(.*)$/.exec(toLocalPath(back) ?? '')?.[1]);
  query.delete('done');
  const plain = query.size === 0 ? '/admin/users' : `/admin/users?${query.toString()}`;
  query.set('done', 'bulk');
  return { plain, done: `/admin/users?${query.toString()}` };
}

async function showRefused(
  ctx: Context,
  { stores, pages }: PeopleDeps,
  outcome: {
    readonly done: number;
    readonly refused: Awaited<ReturnType<typeof bulkUsers>>;
    readonly backHref: string;
  },
): Promise<void> {
  const refused = [];
  for (const { id, refused: code } of outcome.refused) {
    const user = await stores.users.findById(id);
    if (code !== undefined) refused.push({ name: user?.username ?? id, code });
  }
  pages.show(ctx, 'admin-bulk', { ...outcome, refused });
}
