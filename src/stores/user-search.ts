/**
 * Lists of people, as somebody who looks for them asks: the same speed for three people as for a
 * hundred thousand, for rare words and common ones.
 *
 * What matches is counted first, up to `COUNT_MAX`. Few are found by their words and then sorted;
 * many are met soon on a walk along the order that was asked for. Postgres, left to itself, guesses
 * the one for the other.
 *
 * @module
 */
import { z } from 'zod';
import { groupKey } from '../domain/group.ts';
import type { UserRole } from '../domain/permissions.ts';
import { searchQuery } from '../domain/search-words.ts';
import type { User } from '../domain/user.ts';
import {
  type BoundedCount,
  boundedCount,
  COUNT_MAX,
  nameKey,
  type Page,
  pageOf,
  readCursor,
  timeKey,
} from './page.ts';
import type { Sql } from './rows.ts';
import {
  FACT_COLUMNS,
  factsFromRow,
  USER_COLUMNS,
  type UserFacts,
  type UserFactsRow,
  type UserRow,
  userFromRow,
} from './user-row.ts';

export const USER_SORTS = ['username', 'name', 'created', 'last_sign_in'] as const;
export type UserSort = (typeof USER_SORTS)[number];
export const USER_STATUSES = ['enabled', 'disabled', 'never_signed_in'] as const;
export type UserStatus = (typeof USER_STATUSES)[number];

export interface UserQuery {
  /** Words that begin words of the person. */
  readonly q?: string | undefined;
  /** Name of a group; of one that is not there nobody is a member. */
  readonly group?: string | undefined;
  readonly status?: UserStatus | undefined;
  readonly role?: UserRole | 'none' | undefined;
  readonly source?: string | undefined;
  readonly sort?: UserSort | undefined;
  readonly order?: 'ascending' | 'descending' | undefined;
  /** Where the page before ended. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface ListedUser {
  readonly user: User;
  readonly facts: UserFacts;
}

export interface UserList extends Page<ListedUser> {
  /** Of all pages. */
  readonly total: BoundedCount;
}

interface Condition {
  readonly sql: string;
  readonly bindings: readonly unknown[];
}

const NEVER_KEY = z.tuple([z.literal('-infinity'), z.uuid()]);
const ORDERS = {
  username: { key: 'lower(u.username)', id: 'u.id', type: 'text', cursor: nameKey },
  name: { key: 'lower(u.display_name)', id: 'u.id', type: 'text', cursor: nameKey },
  created: { key: 'u.created_at', id: 'u.id', type: 'timestamptz', cursor: timeKey },
  last_sign_in: {
    key: 'l.at',
    id: 'l.user_id',
    type: 'timestamptz',
    cursor: z.union([timeKey, NEVER_KEY]),
  },
} as const;

export async function searchUsers(sql: Sql, query: UserQuery): Promise<UserList> {
  const conditions = await conditionsOf(sql, query);
  const total = await countUsers(sql, conditions);
  const { sort = 'username', order = 'ascending', after, limit } = query;
  const by = ORDERS[sort];
  const [beyond, direction] = order === 'ascending' ? ['>', 'asc'] : ['<', 'desc'];
  const start = after === undefined ? [] : readCursor(after, by.cursor);
  const from =
    sort === 'last_sign_in' ? 'last_sign_ins l join users u on u.id = l.user_id' : 'users u';

  const isWalk = total.more || conditions.length === 0;
  const matches = whole(isWalk ? conditions.map(hide) : conditions);
  const here = start.length > 0 ? `(key, id) ${beyond} (?::${by.type}, ?::uuid)` : 'true';
  const ordered = `order by key ${direction}, id ${direction}`;
  const page = isWalk
    ? `select ${by.key} as key, ${by.id} as id from ${from}
       where ${matches.sql} and ${here.replace('(key, id)', `(${by.key}, ${by.id})`)}
       ${ordered} limit ?`
    : `select * from (select ${by.key} as key, ${by.id} as id from ${from}
         where ${matches.sql} offset 0) found
       where ${here} ${ordered} limit ?`;

  const { rows } = await sql.raw<{ rows: (UserRow & UserFactsRow & { key: string })[] }>(
    `with page as materialized (${page})
     select ${USER_COLUMNS}, ${FACT_COLUMNS}, page.key::text as key
     from page join users u on u.id = page.id join last_sign_ins l on l.user_id = page.id
     order by page.key ${direction}, page.id ${direction}`,
    [...matches.bindings, ...start, limit + 1] as string[],
  );
  const { items, next } = pageOf(rows, limit, ({ key, id }) => [key, id]);
  const listed = items.map((row) => ({ user: userFromRow(row), facts: factsFromRow(row) }));
  return { items: listed, next, total };
}

async function countUsers(sql: Sql, conditions: readonly Condition[]): Promise<BoundedCount> {
  const matches = whole(conditions);
  const { rows } = await sql.raw<{ rows: { count: number }[] }>(
    `select count(*)::integer as count
     from (select 1 from users u where ${matches.sql} limit ?) counted`,
    [...matches.bindings, COUNT_MAX + 1] as string[],
  );
  return boundedCount(rows[0]?.count ?? 0);
}

async function conditionsOf(sql: Sql, query: UserQuery): Promise<Condition[]> {
  const { q, group, status, role, source } = query;
  const conditions: Condition[] = [];
  const add = (text: string, ...bindings: readonly unknown[]) =>
    conditions.push({ sql: text, bindings });

  const words = q === undefined ? undefined : searchQuery(q);
  if (words !== undefined) add('u.search @@ ?::tsquery', words);
  if (group !== undefined) {
    const found = await sql('groups')
      .where({ name_key: groupKey(group) })
      .first('id');
    const isMember =
      'exists (select 1 from group_members m where m.user_id = u.id and m.group_id = ?)';
    if (found) add(isMember, found.id);
    else add('false');
  }
  if (status === 'enabled') add('u.disabled_at is null');
  if (status === 'disabled') add('u.disabled_at is not null');
  if (status === 'never_signed_in')
    add(`exists (select 1 from last_sign_ins s where s.user_id = u.id and s.at = '-infinity')`);
  if (role === 'none') add('u.role is null');
  else if (role !== undefined) add('u.role = ?', role);
  if (source !== undefined) add('u.source = ?', source);
  return conditions;
}

function whole(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map((one) => `(${one.sql})`).join(' and ') || 'true',
    bindings: conditions.flatMap((one) => one.bindings),
  };
}

/**
 * True for the same rows, but no index is any use for it, and the planner does not guess it rare: the
 * walk goes along the order.
 */
function hide({ sql, bindings }: Condition): Condition {
  return { sql: `case when ${sql} then true else false end`, bindings };
}
