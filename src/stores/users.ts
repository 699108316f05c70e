/**
 * People in Postgres. Password hashes leave by one method only, for the sign-in.
 *
 * @module
 */
import { DomainError } from '../domain/errors.ts';
import { loginKey, type Profile, type User } from '../domain/user.ts';
import { expectRows, type Sql, violatedConstraint } from './rows.ts';
import { USER_COLUMNS, type UserRow, userFromRow } from './user-row.ts';

export interface UserStore {
  findById(id: string): Promise<User | undefined>;
  /** The same; in a transaction nobody else changes or removes the person before its end. */
  hold(id: string): Promise<User | undefined>;
  /** By username or e-mail address, in whatever form it was typed. */
  findByLoginName(name: string): Promise<UserWithPassword | undefined>;
  findPasswordHash(id: string): Promise<string | undefined>;
  /** Ordered by username key; `after` is the last username of the page before. */
  list(page: { after?: string | undefined; limit: number }): Promise<User[]>;
  /** The groups of `user` are not written: see `GroupStore.setForUser`.
   * @throws {DomainError} `login_name_taken`. */
  add(user: User, now: Date): Promise<void>;
  /** Writes everything but id, groups, disabled and created.
   * @throws {DomainError} `login_name_taken`. */
  update(user: User, now: Date): Promise<void>;
  /**
   * Whether that is still the password of a person who may sign in. In a transaction it stays so
   * until the end: neither can change meanwhile.
   */
  holdPassword(id: string, hash: string): Promise<boolean>;
  setPasswordHash(id: string, hash: string, now: Date): Promise<void>;
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

export function createUserStore(sql: Sql): UserStore {
  const select = async (rest: string, bindings: readonly unknown[]) => {
    const { rows } = await sql.raw<{ rows: (UserRow & { password_hash: string | null })[] }>(
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

    async findByLoginName(name) {
      const [row] = await select('join login_names n on n.user_id = u.id where n.name_key = ?', [
        loginKey(name),
      ]);
      return row && { user: userFromRow(row), passwordHash: row.password_hash ?? undefined };
    },

    async findPasswordHash(id) {
      const row = await sql('users').where({ id }).first('password_hash');
      return row?.password_hash ?? undefined;
    },

    async holdPassword(id, hash) {
      const { rows } = await sql.raw<{ rows: unknown[] }>(
        `select 1 from users where id = ? and password_hash = ? and disabled_at is null for share`,
        [id, hash],
      );
      return rows.length === 1;
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
      await sql('users').insert({ id, created_at, updated_at: now, ...columns });
      await addLoginNames(sql, user);
    },

    async update(user, now) {
      const { id, created_at: _created, disabled_at: _disabled, ...columns } = toColumns(user);
      expectRows(
        1,
        await sql('users')
          .where({ id })
          .update({ ...columns, updated_at: now }),
      );
      await sql('login_names').where({ user_id: id }).del();
      await addLoginNames(sql, user);
    },

    async setPasswordHash(id, hash, now) {
      const changes = { password_hash: hash, password_changed_at: now, updated_at: now };
      expectRows(1, await sql('users').where({ id }).update(changes));
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
