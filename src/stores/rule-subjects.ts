/**
 * People as rules see them: everybody, batch by batch, and the names rules may be written with.
 *
 * @module
 */
import type { User } from '../domain/user.ts';
import type { Sql } from './rows.ts';
import { USER_COLUMNS, type UserRow, userFromRow } from './user-row.ts';

export interface RuleSubjectStore {
  /** Everybody who is not disabled, by id; `after` is the last id of the batch before. */
  walk(batch: { after?: string | undefined; limit: number }): Promise<User[]>;
  /** The first by name. */
  groupNames(limit: number): Promise<string[]>;
  /** Names of attributes, the most frequent first, among `sample` people. */
  attributeNames(limits: { sample: number; limit: number }): Promise<string[]>;
}

const FIRST_ID = '00000000-0000-0000-0000-000000000000';

export function createRuleSubjectStore(sql: Sql): RuleSubjectStore {
  return {
    async walk({ after, limit }) {
      const { rows } = await sql.raw<{ rows: UserRow[] }>(
        `select ${USER_COLUMNS} from users u
         where u.id > ? and u.disabled_at is null order by u.id limit ?`,
        [after ?? FIRST_ID, limit],
      );
      return rows.map(userFromRow);
    },

    async groupNames(limit) {
      const rows = await sql('groups').select('name').orderBy('name_key').limit(limit);
      return rows.map(({ name }: { name: string }) => name);
    },

    async attributeNames({ sample, limit }) {
      const { rows } = await sql.raw<{ rows: { name: string }[] }>(
        `select name from (select attributes from users where attributes <> '{}' limit ?) sampled,
           jsonb_object_keys(sampled.attributes) as name
         group by name order by count(*) desc, name limit ?`,
        [sample, limit],
      );
      return rows.map(({ name }) => name);
    },
  };
}
