/**
 * Links with which people set their own password.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    create table password_links (
      token_hash bytea primary key, -- SHA-256
      user_id    uuid not null constraint password_links_user_id_fkey references users on delete cascade,
      created_at timestamptz not null,
      expires_at timestamptz not null
    );
    create index password_links_user_id_idx on password_links (user_id);
    create index password_links_expires_at_idx on password_links (expires_at);
  `);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw('drop table password_links');
}
