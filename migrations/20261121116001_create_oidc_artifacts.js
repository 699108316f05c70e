/**
 * What the OpenID provider remembers for a while: codes, refresh tokens, grants, requests under way.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    create table oidc_artifacts (
      id             text primary key, -- SHA-256, base64url, of issuer, kind and what the client holds
      issuer_id      uuid not null constraint oidc_artifacts_issuer_id_fkey references issuers on delete cascade,
      kind           text not null,
      sealed_payload bytea not null,
      grant_id       text,             -- the id here of the grant it came from
      session_id     uuid,             -- the sign-in without which it is worth nothing
      parent_id      text,             -- the refresh token in whose place it came
      uses           integer not null default 0,
      used_at        timestamptz,
      expires_at     timestamptz not null
    );
    create index oidc_artifacts_grant_id_idx on oidc_artifacts (grant_id) where grant_id is not null;
    create index oidc_artifacts_parent_id_idx on oidc_artifacts (parent_id) where parent_id is not null;
    create index oidc_artifacts_expires_at_idx on oidc_artifacts (expires_at);

    create table oidc_consents (
      user_id    uuid not null constraint oidc_consents_user_id_fkey references users on delete cascade,
      issuer_id  uuid not null,
      client_id  text not null,
      scopes     text[] not null,
      given_at   timestamptz not null,
      primary key (user_id, issuer_id, client_id),
      constraint oidc_consents_client_fkey foreign key (issuer_id, client_id)
        references clients (issuer_id, client_id) on delete cascade
    );

    -- which clients have been told of a sign-in, and are told of its end
    create table oidc_logins (
      session_id uuid not null,
      issuer_id  uuid not null,
      client_id  text not null,
      user_id    uuid not null,
      expires_at timestamptz not null,
      primary key (session_id, issuer_id, client_id),
      constraint oidc_logins_client_fkey foreign key (issuer_id, client_id)
        references clients (issuer_id, client_id) on delete cascade
    );
    create index oidc_logins_expires_at_idx on oidc_logins (expires_at);
  `);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw('drop table oidc_logins; drop table oidc_consents; drop table oidc_artifacts;');
}
