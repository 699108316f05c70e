/**
 * Lists of people that are read in: what each row would do, and what it did.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    create table imports (
      id            uuid primary key,
      file_name     text not null,
      state         text not null constraint imports_state_check
                    check (state in ('checking', 'checked', 'running', 'done')),
      options       jsonb not null,
      actor         jsonb not null, -- who started what it is doing now, and
      permissions   text[] not null, -- what they may do
      total         integer not null,
      processed     integer not null default 0,
      counts        jsonb not null default '{}', -- outcome → how many
      created_at    timestamptz not null,
      finished_at   timestamptz,
      claimed_until timestamptz, -- by the process that works on it
      expires_at    timestamptz not null
    );
    create index imports_created_at_idx on imports (created_at desc, id desc);
    create index imports_at_work_idx on imports (created_at) where state in ('checking', 'running');

    create table import_rows (
      import_id uuid not null constraint import_rows_import_id_fkey references imports on delete cascade,
      nth       integer not null,
      line      integer not null, -- of the file
      username  text not null,
      cells     jsonb, -- forgotten when the import is done, or the row cannot be read
      outcome   text,
      code      text,
      detail    text,
      user_id   uuid,
      primary key (import_id, nth)
    );
    create index import_rows_outcome_idx on import_rows (import_id, outcome, nth);
  `);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw('drop table import_rows, imports');
}
