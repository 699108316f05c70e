/**
 * Runs that somebody asked for, and that wait for a process to take them up.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    alter table upstream_syncs
      drop constraint upstream_syncs_state_check,
      add constraint upstream_syncs_state_check
        check (state in ('wanted', 'running', 'done', 'refused', 'failed')),
      add column force boolean not null default false,
      add column actor jsonb, -- who asked for it
      add column gone integer, -- people who are not in it any more
      add column known integer, -- of so many who might sign in
      add column attempts integer not null default 0; -- how often one that waited was taken up
    create unique index upstream_syncs_wanted_key on upstream_syncs (upstream_id) where state = 'wanted';
  `);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw(`
    drop index upstream_syncs_wanted_key;
    delete from upstream_syncs where state = 'wanted';
    alter table upstream_syncs
      drop column attempts,
      drop column known,
      drop column gone,
      drop column actor,
      drop column force,
      drop constraint upstream_syncs_state_check,
      add constraint upstream_syncs_state_check
        check (state in ('running', 'done', 'refused', 'failed'));
  `);
}
