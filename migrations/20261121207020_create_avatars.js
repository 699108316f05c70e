/**
 * Pictures of people that an upstream gave, kept and served by us.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    create table avatars (
      upstream_id  uuid not null,
      subject      text not null,
      address      text not null constraint avatars_address_key unique, -- 256 bits, base64url
      source       text, -- where it was fetched from; null: a directory's attribute
      digest       bytea not null, -- SHA-256 of the picture
      content_type text not null
        constraint avatars_content_type_check
        check (content_type in ('image/jpeg', 'image/png', 'image/gif', 'image/webp')),
      picture      bytea not null
        constraint avatars_picture_check check (length(picture) between 1 and 1048576),
      fetched_at   timestamptz not null,
      primary key (upstream_id, subject),
      constraint avatars_identity_fkey foreign key (upstream_id, subject)
        references identities on delete cascade
    );
  `);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw('drop table avatars');
}
