import { DomainError } from '../domain/errors.ts';
import { type Group, groupKey } from '../domain/group.ts';
import { type Sql, violatedConstraint } from './rows.ts';

export interface GroupStore {
  list(): Promise<Group[]>;
  /** @throws {DomainError} `group_name_taken`. */
  add(group: Group, now: Date): Promise<void>;
  remove(id: string): Promise<void>;
  /** Puts a user into exactly these groups. */
  setForUser(userId: string, groupIds: readonly string[]): Promise<void>;
}

interface GroupRow {
  id: string;
  name: string;
  name_key: string;
  created_at: Date;
}

export function createGroupStore(sql: Sql): GroupStore {
  const groups = () => sql<GroupRow>('groups');
  return {
    list: () => groups().select('id', 'name').orderBy('name_key'),
    async add({ id, name }, now) {
      try {
        await groups().insert({ id, name, name_key: groupKey(name), created_at: now });
      } catch (cause) {
        if (violatedConstraint(cause) === 'groups_name_key_key')
          throw new DomainError('group_name_taken', { name }, { cause });
        throw cause;
      }
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
