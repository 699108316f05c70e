/**
 * How often a client was to be told of the end of a sign-in, and when it is its turn again.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    alter table oidc_logins
      add column attempts integer not null default 0,
      add column next_attempt_at timestamptz not null default '-infinity'`);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw('alter table oidc_logins drop column attempts, drop column next_attempt_at');
}
