/**
 * Sign-ins under way at an upstream, and what is needed to sign out there.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    create table upstream_logins (
      id             text primary key, -- SHA-256, base64url, of the state the provider brings back
      upstream_id    uuid not null constraint upstream_logins_upstream_id_fkey references upstreams on delete cascade,
      browser_hash   bytea not null,   -- SHA-256 of the cookie of the browser that began it
      network        text not null,    -- where it came from: so many of one network are kept
      purpose        text not null constraint upstream_logins_purpose_check
        check (purpose in ('sign_in','link','test')),
      user_id        uuid constraint upstream_logins_user_id_fkey references users on delete cascade,
      return_to      text not null,
      fresh          boolean not null, -- the person must sign in there once more
      sealed_secrets bytea not null,   -- nonce and PKCE verifier
      created_at     timestamptz not null,
      expires_at     timestamptz not null
    );
    create index upstream_logins_browser_hash_idx on upstream_logins (browser_hash);
    create index upstream_logins_network_idx on upstream_logins (network);
    create index upstream_logins_expires_at_idx on upstream_logins (expires_at);
    create index upstream_logins_upstream_id_idx on upstream_logins (upstream_id);
    create index upstream_logins_user_id_idx on upstream_logins (user_id);

    create table upstream_sessions (
      session_id      uuid primary key constraint upstream_sessions_session_id_fkey references sessions on delete cascade,
      upstream_id     uuid not null constraint upstream_sessions_upstream_id_fkey references upstreams on delete cascade,
      sealed_id_token bytea not null
    );
    create index upstream_sessions_upstream_id_idx on upstream_sessions (upstream_id);
  `);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw('drop table upstream_sessions; drop table upstream_logins;');
}
