/**
 * How often what happened, hour by hour: the dashboard's numbers, counted once.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    create table audit_hours (
      hour      timestamptz not null,
      type      text not null,
      issuer_id uuid not null, -- all zeros: of none
      count     bigint not null,
      primary key (hour, type, issuer_id)
    );

    -- One row: hours before that are counted.
    create table audit_hours_counted (
      only_row      boolean primary key default true
                    constraint audit_hours_counted_only_row_check check (only_row),
      counted_until timestamptz not null
    );
    insert into audit_hours_counted (counted_until) values ('-infinity');
  `);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw('drop table audit_hours_counted, audit_hours');
}
