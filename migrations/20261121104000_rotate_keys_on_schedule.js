/**
 * Keys that rotate by themselves, and when a shared secret was last changed.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    alter table issuers
      -- absent: a key signs until somebody rotates it
      add column key_rotation_days integer
        constraint issuers_key_rotation_days_check check (key_rotation_days between 1 and 3650),
      add column secret_changed_at timestamptz;
    update issuers set secret_changed_at = updated_at where sealed_secret is not null;
  `);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw(`
    alter table issuers drop column key_rotation_days, drop column secret_changed_at;
  `);
}
