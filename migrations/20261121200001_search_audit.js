/**
 * Audit rows found by words and filters. See src/stores/audit-words.ts for what `words` holds.
 *
 * The index takes new rows on a list first, and a job puts them in their places: a token's one row
 * costs no more than before, since the index of request ids, all at random places, goes.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    alter table audit_events add column words tsvector;

    update audit_events set words = array_to_tsvector(array(
      select distinct word from unnest(
        regexp_split_to_array(
          lower(concat_ws(' ', actor_name, target_name, room, reason, request_id)),
          '[][\\s!-/:-@\\\\^_\`{-~]+')
        || array[lower(ip), '=t' || type, '=o' || target_type, '=i' || left(issuer_id::text, 8)]
      ) word where word <> ''));

    create index audit_events_words_idx on audit_events using gin (words)
      with (fastupdate = on, gin_pending_list_limit = 16384);
    drop index audit_events_request_id_idx;

    drop index audit_events_at_idx;
    create index audit_events_at_idx on audit_events (at, id);
  `);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw(`
    drop index audit_events_at_idx;
    create index audit_events_at_idx on audit_events (at);
    create index audit_events_request_id_idx on audit_events (request_id);
    alter table audit_events drop column words;
  `);
}
