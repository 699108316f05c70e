/**
 * Until when the secret a client had before is good, chosen each time it is replaced.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    alter table clients add column former_secret_ends_at timestamptz;
    update clients set former_secret_ends_at = secret_changed_at + interval '1 day'
      where sealed_former_secret is not null;
  `);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw('alter table clients drop column former_secret_ends_at');
}
