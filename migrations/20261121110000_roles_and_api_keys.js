/**
 * More roles than one, and keys for machines.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    alter table users drop constraint users_role_check;
    alter table users add constraint users_role_check
      check (role in ('administrator','user_manager','auditor'));

    create table api_keys (
      id           uuid primary key,
      name         text not null,
      token_hash   bytea not null constraint api_keys_token_hash_key unique, -- SHA-256
      scopes       text[] not null,
      -- a key never outlives, nor outranks, who made it
      created_by   uuid not null constraint api_keys_created_by_fkey references users on delete cascade,
      created_at   timestamptz not null,
      expires_at   timestamptz,
      last_used_at timestamptz,
      revoked_at   timestamptz
    );
    create index api_keys_created_by_idx on api_keys (created_by);
  `);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw(`
    drop table api_keys;
    update users set role = null where role <> 'administrator';
    alter table users drop constraint users_role_check;
    alter table users add constraint users_role_check check (role in ('administrator'));
  `);
}
