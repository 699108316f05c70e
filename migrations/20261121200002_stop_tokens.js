/**
 * Who gets no tokens now, or where nobody does.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    -- No foreign keys: a stop holds on when what it is for goes to the bin and comes back.
    create table token_stops (
      id              uuid primary key,
      kind            text not null constraint token_stops_kind_check
                      check (kind in ('user', 'room', 'issuer')),
      user_id         uuid,
      issuer_id       uuid,
      room_pattern    text,
      name            text not null, -- of the user or the issuer, at that time
      reason          text not null,
      created_at      timestamptz not null,
      created_by_id   uuid,
      created_by_name text not null,
      ends_at         timestamptz,
      lifted_at       timestamptz,
      lifted_by_name  text,
      constraint token_stops_subject_check check (
        (kind = 'user') = (user_id is not null)
        and (kind <> 'user') = (issuer_id is not null)
        and (kind = 'room') = (room_pattern is not null))
    );
    create index token_stops_created_at_idx on token_stops (created_at, id);
    create index token_stops_standing_idx on token_stops (created_at, id) where lifted_at is null;
  `);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw('drop table token_stops');
}
