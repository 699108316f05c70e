/**
 * People in Postgres. Password hashes leave by one method only, for the sign-in.
 *
 * @module
 */
import { DomainError } from '../domain/errors.ts';
import { searchWords } from '../domain/search-words.ts';
import { loginKey, type Profile, type User } from '../domain/user.ts';
import type { AttributeColumn, AttributeKind } from '../domain/user-columns.ts';
import { expectRows, type Sql, violatedConstraint } from './rows.ts';
import {
  FACT_COLUMNS,
  factsFromRow,
  USER_COLUMNS,
  type UserFacts,
  type UserFactsRow,
  type UserRow,
  userFromRow,
} from './user-row.ts';
import { searchUsers, type UserList, type UserQuery } from './user-search.ts';

export interface UserStore {
  findById(id: string): Promise<User | undefined>;
  /** The same; in a transaction nobody else changes or removes the person before its end. */
  hold(id: string): Promise<User | undefined>;
  /** The same, by id. */
  holdAmong(ids: readonly string[]): Promise<ReadonlyMap<string, User>>;
  /** By username or e-mail address, in whatever form it was typed. */
  findByLoginName(name: string): Promise<UserWithPassword | undefined>;
  /** The same, and whether the device of the cookie's hash is known to be the person's. */
  findForSignIn(name: string, deviceHash: Buffer | undefined): Promise<UserAtSignIn | undefined>;
  /** Names and types of all attributes that anybody has, by name. */
  attributeColumns(): Promise<AttributeColumn[]>;
  /** Those who have one of these login keys, by key. */
  findByKeys(keys: readonly string[]): Promise<ReadonlyMap<string, UserWithPassword>>;
  findPasswordHash(id: string): Promise<string | undefined>;
  /** For people who look for people: filtered, sorted, counted. */
  search(query: UserQuery): Promise<UserList>;
  /** What lists and the person's own page tell besides. */
  findFacts(id: string): Promise<UserFacts | undefined>;
  /** All of them, for machines. Ordered by username key; `after` is the last username of the page before. */
  list(page: { after?: string | undefined; limit: number }): Promise<User[]>;
  /** The groups of `user` are not written: see `GroupStore.setForUser`.
   * @throws {DomainError} `login_name_taken`. */
  add(user: User, now: Date): Promise<void>;
  /** Writes everything but id, groups, disabled and created.
   * @throws {DomainError} `login_name_taken`. */
  update(user: User, now: Date): Promise<void>;
  setPasswordHash(id: string, hash: string, now: Date): Promise<void>;
  /** Nobody signs in by it any more; false when there was none. */
  dropPassword(id: string, now: Date): Promise<boolean>;
  /** Sets it unless it was changed, or the person disabled, meanwhile; true when it was set. */
  replacePasswordHash(id: string, change: PasswordChange, now: Date): Promise<boolean>;
  /** A stronger hash of the same password: nothing else changes. */
  rehash(id: string, from: string, to: string): Promise<void>;
  /** Writes what people may change themselves, and nothing else. */
  updateProfile(id: string, profile: Profile, now: Date): Promise<void>;
  setDisabledAt(id: string, at: Date | undefined, now: Date): Promise<void>;
  remove(id: string): Promise<void>;
  countAdministrators(): Promise<number>;
}

/** Hashes. */
export interface PasswordChange {
  readonly from: string;
  readonly to: string;
}

export interface UserWithPassword {
  readonly user: User;
  /** argon2id, PHC string. */
  readonly passwordHash: string | undefined;
}

export interface UserAtSignIn extends UserWithPassword {
  readonly knowsDevice: boolean;
}

type UserWithHashRow = UserRow & { password_hash: string | null };
type SignInRow = UserWithHashRow & { knows_device: boolean };

const FIND_FOR_SIGN_IN = `
  select ${USER_COLUMNS}, u.password_hash, exists (
    select 1 from known_devices d
    where d.token_hash = cast(? as bytea) and d.user_id = u.id) as knows_device
  from login_names n join users u on u.id = n.user_id where n.name_key = ?`;

/** @param prepared Whether the server keeps named statements apart by connection. */
export function createUserStore(sql: Sql, { prepared }: { prepared: boolean }): UserStore {
  const select = async (rest: string, bindings: readonly unknown[]) => {
    const { rows } = await sql.raw<{ rows: UserWithHashRow[] }>(
      `select ${USER_COLUMNS}, u.password_hash from users u ${rest}`,
      [...bindings] as string[],
    );
    return rows;
  };

  return {
    async findById(id) {
      const [row] = await select('where u.id = ?', [id]);
      return row && userFromRow(row);
    },

    async hold(id) {
      const [row] = await select('where u.id = ? for no key update of u', [id]);
      return row && userFromRow(row);
    },

    async holdAmong(ids) {
      const held = await select('where u.id = any(?) order by u.id for no key update of u', [
        [...ids],
      ]);
      return new Map(held.map((row) => [row.id, userFromRow(row)]));
    },

    async findByLoginName(name) {
      const [row] = await select('join login_names n on n.user_id = u.id where n.name_key = ?', [
        loginKey(name),
      ]);
      return row && { user: userFromRow(row), passwordHash: row.password_hash ?? undefined };
    },

    async findForSignIn(name, deviceHash) {
      const query = sql.raw<{ rows: SignInRow[] }>(FIND_FOR_SIGN_IN, [
        deviceHash ?? null,
        loginKey(name),
      ] as never);
      const [row] = (await query.options(prepared ? { name: 'find_for_sign_in' } : {})).rows;
      if (!row) return undefined;
      const { knows_device: knowsDevice, password_hash: hash } = row;
      return { user: userFromRow(row), passwordHash: hash ?? undefined, knowsDevice };
    },

    async attributeColumns() {
      const { rows } = await sql.raw<{ rows: { name: string; type: string }[] }>(
        `select distinct key as name, jsonb_typeof(value) as type
         from users, jsonb_each(attributes) where attributes <> '{}' order by 1, 2`,
      );
      return rows.flatMap(({ name, type }) => {
        const kind = KIND_OF_JSON[type];
        return kind ? [{ name, kind }] : [];
      });
    },

    async findByKeys(keys) {
      const { rows } = await sql.raw<{ rows: KeyedRow[] }>(
        `select n.name_key, ${USER_COLUMNS}, u.password_hash
         from login_names n join users u on u.id = n.user_id where n.name_key = any(?)`,
        [[...keys]],
      );
      return new Map(
        rows.map((row) => [
          row.name_key,
          { user: userFromRow(row), passwordHash: row.password_hash ?? undefined },
        ]),
      );
    },

    search: (query) => searchUsers(sql, query),

    async findFacts(id) {
      const { rows } = await sql.raw<{ rows: UserFactsRow[] }>(
        `select ${FACT_COLUMNS} from users u join last_sign_ins l on l.user_id = u.id
         where u.id = ?`,
        [id],
      );
      return rows[0] && factsFromRow(rows[0]);
    },

    async findPasswordHash(id) {
      const row = await sql('users').where({ id }).first('password_hash');
      return row?.password_hash ?? undefined;
    },

    async list({ after, limit }) {
      const rows = await select(
        'where lower(u.username) > ? order by lower(u.username), u.id limit ?',
        [after?.toLowerCase() ?? '', limit],
      );
      return rows.map(userFromRow);
    },

    async add(user, now) {
      const { id, created_at, ...columns } = toColumns(user);
      const search = searchColumn(sql, user);
      await sql('users').insert({ id, created_at, updated_at: now, ...columns, search });
      await addLoginNames(sql, user);
    },

    async update(user, now) {
      const { id, created_at: _created, disabled_at: _disabled, ...columns } = toColumns(user);
      expectRows(
        1,
        await sql('users')
          .where({ id })
          .update({ ...columns, updated_at: now, search: searchColumn(sql, user) }),
      );
      await sql('login_names').where({ user_id: id }).del();
      await addLoginNames(sql, user);
    },

    async setPasswordHash(id, hash, now) {
      const changes = { password_hash: hash, password_changed_at: now, updated_at: now };
      expectRows(1, await sql('users').where({ id }).update(changes));
    },

    async dropPassword(id, now) {
      const changes = { password_hash: null, password_changed_at: now, updated_at: now };
      return (await sql('users').where({ id }).whereNotNull('password_hash').update(changes)) === 1;
    },

    async replacePasswordHash(id, { from, to }, now) {
      const changes = { password_hash: to, password_changed_at: now, updated_at: now };
      const mayChange = { id, password_hash: from, disabled_at: null };
      return (await sql('users').where(mayChange).update(changes)) === 1;
    },

    async rehash(id, from, to) {
      await sql('users').where({ id, password_hash: from }).update({ password_hash: to });
    },

    async updateProfile(id, { displayName, language, avatarUrl }, now) {
      const changes = {
        display_name: displayName,
        language: language ?? null,
        avatar_url: avatarUrl ?? null,
        updated_at: now,
      };
      expectRows(1, await sql('users').where({ id }).update(changes));
      const [row] = await select('where u.id = ?', [id]);
      if (row)
        await sql('users')
          .where({ id })
          .update({ search: searchColumn(sql, userFromRow(row)) });
    },

    async setDisabledAt(id, at, now) {
      const changes = { disabled_at: at ?? null, updated_at: now };
      expectRows(1, await sql('users').where({ id }).update(changes));
    },

    async remove(id) {
      expectRows(1, await sql('users').where({ id }).del());
    },

    async countAdministrators() {
      const row = await sql('users')
        .where({ role: 'administrator', disabled_at: null })
        .count({ count: '*' })
        .first();
      return Number(row?.count ?? 0);
    },
  };
}

const KIND_OF_JSON: Readonly<Record<string, AttributeKind>> = {
  string: 'text',
  number: 'number',
  boolean: 'yes_no',
  array: 'list',
};

type KeyedRow = UserRow & { name_key: string; password_hash: string | null };

async function addLoginNames(sql: Sql, user: User): Promise<void> {
  const names = [user.username, user.email].filter((name) => name !== undefined);
  const keys = new Map(names.map((name) => [loginKey(name), name]));
  for (const [nameKey, name] of keys) {
    try {
      await sql('login_names').insert({ name_key: nameKey, user_id: user.id });
    } catch (cause) {
      if (violatedConstraint(cause) === 'login_names_name_key_key')
        throw new DomainError('login_name_taken', { name }, { cause });
      throw cause;
    }
  }
}

/** What a person is found by; groups are filtered by instead. */
function searchColumn(sql: Sql, { username, displayName, email, attributes }: User) {
  const values = Object.values(attributes).flat();
  const texts = [username, displayName, email, ...values].filter((it) => typeof it === 'string');
  return sql.raw('array_to_tsvector(?::text[])', [searchWords(texts)]);
}

function toColumns(user: User) {
  return {
    id: user.id,
    username: user.username,
    display_name: user.displayName,
    email: user.email ?? null,
    avatar_url: user.avatarUrl ?? null,
    language: user.language ?? null,
    attributes: JSON.stringify(user.attributes),
    source: user.source,
    role: user.role ?? null,
    disabled_at: user.disabledAt ?? null,
    created_at: user.createdAt,
  };
}
