/**
 * What lists of people and groups are searched and sorted by.
 *
 * The words of a row are split and folded by us and not by Postgres, whose idea of letters depends
 * on the server's locale: see `src/domain/search-words.ts`.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    alter table users add column search tsvector not null default '';
    create index users_search_idx on users using gin (search);
    create index users_lower_username_idx on users (lower(username), id);
    create index users_lower_display_name_idx on users (lower(display_name), id);
    create index users_role_idx on users (role) where role is not null;

    alter table groups add column search tsvector not null default '';
    create index groups_search_idx on groups using gin (search);

    -- A table of its own: a sign-in must not write a new version of the person and all their
    -- index entries. Everybody has a row, so that the index is a list of everybody.
    create table last_sign_ins (
      user_id uuid constraint last_sign_ins_user_id_fkey references users on delete cascade
              primary key,
      at      timestamptz not null default '-infinity'
    );
    create index last_sign_ins_at_idx on last_sign_ins (at, user_id);
    create function add_last_sign_in() returns trigger language plpgsql as $$
      begin
        insert into last_sign_ins (user_id) values (new.id);
        return null;
      end $$;
    create trigger users_add_last_sign_in after insert on users
      for each row execute function add_last_sign_in();
    -- Whoever starts a session signs in. In one order, so that two batches do not wait for each other.
    create function note_last_sign_ins() returns trigger language plpgsql as $$
      begin
        perform 1 from last_sign_ins
          where user_id in (select user_id from started) order by user_id for update;
        update last_sign_ins l set at = greatest(l.at, s.at)
          from (select user_id, max(authenticated_at) as at from started group by user_id) s
          where l.user_id = s.user_id;
        return null;
      end $$;
    create trigger sessions_note_last_sign_ins after insert on sessions
      referencing new table as started
      for each statement execute function note_last_sign_ins();
    insert into last_sign_ins (user_id, at)
      select u.id, coalesce(
        (select max(e.at) from audit_events e
         where e.actor_id = u.id and e.type = 'session.started'), '-infinity')
      from users u;
  `);

  const people = 'id, username, display_name, email, attributes';
  for await (const { id, attributes, ...names } of rowsOf(knex, 'users', people))
    await setWords(knex, 'users', id, [
      ...Object.values(names),
      ...Object.values(attributes).flat(),
    ]);
  for await (const { id, name } of rowsOf(knex, 'groups', 'id, name'))
    await setWords(knex, 'groups', id, [name]);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw(`
    drop trigger sessions_note_last_sign_ins on sessions;
    drop trigger users_add_last_sign_in on users;
    drop function note_last_sign_ins, add_last_sign_in;
    drop table last_sign_ins;
    alter table users drop column search;
    alter table groups drop column search;
    drop index users_lower_username_idx, users_lower_display_name_idx, users_role_idx;
  `);
}

/**
 * @param {import('knex').Knex} knex
 * @param {string} table
 * @param {string} columns
 */
async function* rowsOf(knex, table, columns) {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await knex.raw(
      `select ${columns} from ${table} where id > ? order by id limit 1000`,
      [after],
    );
    yield* rows;
    if (rows.length < 1000) return;
    after = rows.at(-1).id;
  }
}

/**
 * As `searchWords` did when this was written.
 *
 * @param {import('knex').Knex} knex
 * @param {string} table
 * @param {string} id
 * @param {readonly unknown[]} values
 */
async function setWords(knex, table, id, values) {
  const text = values.filter((value) => typeof value === 'string').join(' ');
  const folded = text.normalize('NFKC').toLowerCase().normalize('NFKC');
  const words = folded
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== '')
    .map((word) => Array.from(word).slice(0, 60).join(''));
  const kept = [...new Set(words)].slice(0, 500);
  await knex.raw(`update ${table} set search = array_to_tsvector(?::text[]) where id = ?`, [
    kept,
    id,
  ]);
}
