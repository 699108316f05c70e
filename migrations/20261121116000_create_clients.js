/**
 * OIDC relying parties of issuers.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    create table clients (
      id                        uuid primary key default gen_random_uuid(),
      issuer_id                 uuid not null constraint clients_issuer_id_fkey references issuers on delete cascade,
      position                  integer not null,
      client_id                 text not null,
      kind                      text not null check (kind in ('jitsi','oidc')),
      name                      text not null,
      auth                      text not null check (auth in ('none','client_secret_basic','client_secret_post','private_key_jwt')),
      redirect_uris             text[] not null,
      post_logout_redirect_uris text[] not null,
      web_origins               text[], -- null: the origins of redirect_uris
      scopes                    text[] not null,
      first_party               boolean not null,
      audience                  text,
      any_room                  boolean not null,
      token_ttl_seconds         integer,
      refresh_ttl_seconds       integer,
      jwks                      jsonb,
      backchannel_logout_uri    text,
      sealed_secret             bytea,
      secret_changed_at         timestamptz,
      -- the one before, which is good for a while yet
      sealed_former_secret      bytea,
      constraint clients_client_id_key unique (issuer_id, client_id)
    );
  `);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw('drop table clients');
}
