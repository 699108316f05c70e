/**
 * What was removed waits here for a while, to be put back.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    create table bin_items (
      id              uuid primary key,
      kind            text not null,
      object_id       text not null,
      name            text not null, -- as people know it
      payload         jsonb not null, -- table → the rows that were removed from it
      removed_at      timestamptz not null,
      removed_by_id   uuid, -- no foreign key: the item outlives the person
      removed_by_name text not null,
      expires_at      timestamptz not null
    );
    create index bin_items_removed_at_idx on bin_items (removed_at desc, id desc);
    create index bin_items_expires_at_idx on bin_items (expires_at);
  `);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw('drop table bin_items');
}
