import { DomainError } from '../domain/errors.ts';
import { type Group, groupKey } from '../domain/group.ts';
import { searchQuery, searchWords } from '../domain/search-words.ts';
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
import { expectRows, type Sql, violatedConstraint } from './rows.ts';

export interface GroupStore {
  /** All of them: for choices, rules and files. */
  list(): Promise<Group[]>;
  /** For people who look for groups, by name. */
  search(query: GroupQuery): Promise<GroupList>;
  /** With its members counted. */
  findById(id: string): Promise<ListedGroup | undefined>;
  /** By name, in whatever case. */
  findByName(name: string): Promise<ListedGroup | undefined>;
  /** In a transaction nobody else changes or removes the group before its end. */
  hold(id: string): Promise<Group | undefined>;
  /** @throws {DomainError} `group_name_taken`. */
  add(group: Group, now: Date): Promise<void>;
  /** @throws {DomainError} `group_name_taken`. */
  rename(group: Group): Promise<void>;
  remove(id: string): Promise<void>;
  /** Says whether they were not in it yet. */
  addMember(groupId: string, userId: string): Promise<boolean>;
  /** Says whether they were in it. */
  removeMember(groupId: string, userId: string): Promise<boolean>;
  /** Puts a user into exactly these groups. */
  setForUser(userId: string, groupIds: readonly string[]): Promise<void>;
}

export const GROUP_SORTS = ['name', 'created'] as const;
export type GroupSort = (typeof GROUP_SORTS)[number];

export interface GroupQuery {
  /** Words that begin words of the name. */
  readonly q?: string | undefined;
  /** By name from A, or by age from the newest. */
  readonly sort?: GroupSort | undefined;
  /** Where the page before ended. */
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface ListedGroup extends Group {
  readonly createdAt: Date;
  readonly members: BoundedCount;
}

export interface GroupList extends Page<ListedGroup> {
  /** Of all pages. */
  readonly total: BoundedCount;
}

interface ListedRow extends GroupRow {
  /** To the microsecond, which a `Date` forgets. */
  created_text: string;
  members: number;
}

const LISTED_COLUMNS = `g.id, g.name, g.name_key, g.created_at, g.created_at::text as created_text,
  (select count(*)::integer from (select 1 from group_members m where m.group_id = g.id
   limit ${COUNT_MAX + 1}) counted) as members`;
const ORDERS = {
  name: { key: 'g.name_key', beyond: '>', direction: 'asc', type: 'text' },
  created: { key: 'g.created_at', beyond: '<', direction: 'desc', type: 'timestamptz' },
} as const;

interface GroupRow {
  id: string;
  name: string;
  name_key: string;
  created_at: Date;
}

export function createGroupStore(sql: Sql): GroupStore {
  const groups = () => sql<GroupRow>('groups');
  const searchColumn = (name: string) =>
    sql.raw('array_to_tsvector(?::text[])', [searchWords([name])]);
  const select = async (rest: string, bindings: readonly unknown[]) => {
    const { rows } = await sql.raw<{ rows: ListedRow[] }>(
      `select ${LISTED_COLUMNS} from groups g ${rest}`,
      [...bindings] as string[],
    );
    return rows;
  };
  const first = async (rest: string, binding: string) => {
    const [row] = await select(rest, [binding]);
    return row && fromRow(row);
  };

  return {
    async search({ q, sort = 'name', after, limit }) {
      const words = q === undefined ? undefined : searchQuery(q);
      const found = words === undefined ? 'true' : 'g.search @@ ?::tsquery';
      const asked = words === undefined ? [] : [words];
      const { key, beyond, direction, type } = ORDERS[sort];
      const cursor = sort === 'name' ? nameKey : timeKey;
      const start = after === undefined ? [] : readCursor(after, cursor);
      const here = start.length > 0 ? `(${key}, g.id) ${beyond} (?::${type}, ?::uuid)` : 'true';
      const rows = await select(
        `where ${found} and ${here} order by ${key} ${direction}, g.id ${direction} limit ?`,
        [...asked, ...start, limit + 1],
      );
      const { items, next } = pageOf(rows, limit, (last) => [
        sort === 'name' ? last.name_key : last.created_text,
        last.id,
      ]);
      const counted = await sql.raw<{ rows: { count: number }[] }>(
        `select count(*)::integer as count
         from (select 1 from groups g where ${found} limit ${COUNT_MAX + 1}) counted`,
        asked,
      );
      const total = boundedCount(counted.rows[0]?.count ?? 0);
      return { items: items.map(fromRow), next, total };
    },
    findById: (id) => first('where g.id = ?', id),
    findByName: (name) => first('where g.name_key = ?', groupKey(name)),
    async hold(id) {
      return groups().where({ id }).forNoKeyUpdate().first('id', 'name');
    },
    list: () => groups().select('id', 'name').orderBy('name_key'),
    async add({ id, name }, now) {
      const row = { id, name, name_key: groupKey(name), created_at: now };
      await unlessTaken(name, sql('groups').insert({ ...row, search: searchColumn(name) }));
    },
    async rename({ id, name }) {
      const changes = { name, name_key: groupKey(name), search: searchColumn(name) };
      expectRows(1, await unlessTaken(name, sql('groups').where({ id }).update(changes)));
    },
    async addMember(groupId, userId) {
      const { rowCount } = await sql.raw<{ rowCount: number }>(
        'insert into group_members (group_id, user_id) values (?, ?) on conflict do nothing',
        [groupId, userId],
      );
      return rowCount === 1;
    },
    async removeMember(groupId, userId) {
      const member = { group_id: groupId, user_id: userId };
      return (await sql('group_members').where(member).del()) === 1;
    },
    async remove(id) {
      await groups().where({ id }).del();
    },
    async setForUser(userId, groupIds) {
      await sql('group_members').where({ user_id: userId }).whereNotIn('group_id', groupIds).del();
      if (groupIds.length === 0) return;
      await sql('group_members')
        .insert(groupIds.map((id) => ({ group_id: id, user_id: userId })))
        .onConflict(['user_id', 'group_id'])
        .ignore();
    },
  };
}

async function unlessTaken<T>(name: string, writing: PromiseLike<T>): Promise<T> {
  try {
    return await writing;
  } catch (cause) {
    if (violatedConstraint(cause) === 'groups_name_key_key')
      throw new DomainError('group_name_taken', { name }, { cause });
    throw cause;
  }
}

function fromRow({ id, name, created_at, members }: ListedRow): ListedGroup {
  return { id, name, createdAt: created_at, members: boundedCount(members) };
}
