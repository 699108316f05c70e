/**
 * Directories people sign in with, and whom they know under what name.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    create table upstreams (
      id                 uuid primary key,
      slug               text not null constraint upstreams_slug_key unique,
      type               text not null constraint upstreams_type_check check (type in ('oidc','ldap')),
      settings           jsonb not null, -- as a configuration file declares it; no secret
      sealed_secret      bytea,
      sealed_private_key bytea,
      created_at         timestamptz not null,
      updated_at         timestamptz not null
    );

    -- A person is what an upstream calls them, never an e-mail address.
    create table identities (
      upstream_id    uuid not null constraint identities_upstream_id_fkey references upstreams on delete cascade,
      subject        text not null,
      user_id        uuid not null constraint identities_user_id_fkey references users on delete cascade,
      granted_groups uuid[] not null default '{}', -- memberships that are there because of it
      linked         boolean not null, -- to an account that was there before
      created_at     timestamptz not null,
      last_seen_at   timestamptz not null,
      missing_since  timestamptz, -- when a sync first found it gone
      primary key (upstream_id, subject),
      constraint identities_upstream_id_user_id_key unique (upstream_id, user_id)
    );
    create index identities_user_id_idx on identities (user_id);
  `);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw('drop table identities, upstreams');
}
