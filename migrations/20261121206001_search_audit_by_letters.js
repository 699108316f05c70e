/**
 * What begins with a letter is found by a fact of the row: see src/stores/audit-words.ts.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    update audit_events set words = words || array_to_tsvector(array(
      select distinct '=b' || left(word, 1) from unnest(tsvector_to_array(words)) word
      where word not like '=%'))
    where words is not null`);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw(`
    update audit_events set words = ts_delete(words, array(
      select word from unnest(tsvector_to_array(words)) word where word like '=b%'))
    where words is not null`);
}
