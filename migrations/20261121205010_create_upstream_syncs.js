/**
 * Runs that bring everybody up to date with a directory: one at a time for each.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    create table upstream_syncs (
      id            uuid primary key,
      upstream_id   uuid not null constraint upstream_syncs_upstream_id_fkey references upstreams on delete cascade,
      trial         boolean not null,
      state         text not null constraint upstream_syncs_state_check
                    check (state in ('running', 'done', 'refused', 'failed')),
      seen          integer not null default 0,
      counts        jsonb not null default '{}', -- outcome → how many
      notes         jsonb not null default '[]', -- of people, the first of them
      fault         text,
      message       text,
      started_at    timestamptz not null,
      finished_at   timestamptz,
      claimed_until timestamptz not null -- by the process that works on it
    );
    create unique index upstream_syncs_running_key on upstream_syncs (upstream_id) where state = 'running';
    create index upstream_syncs_upstream_id_idx on upstream_syncs (upstream_id, started_at desc, id desc);
  `);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw('drop table upstream_syncs');
}
