/**
 * People, issuers with their rules and keys, sign-ins, and what is written down of them.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    -- One row: bumped with every change that a process may hold in memory.
    create table catalog_version (
      only_row boolean primary key default true constraint catalog_version_only_row_check check (only_row),
      version  bigint not null
    );
    insert into catalog_version (version) values (1);

    -- public_url, branding, secret_canary, …
    create table settings (
      key        text primary key,
      value      jsonb not null,
      updated_at timestamptz not null
    );

    create table users (
      id                  uuid primary key,
      username            text not null,
      display_name        text not null,
      email               text,
      avatar_url          text,
      language            text,
      attributes          jsonb not null default '{}',
      source              text not null default 'local',
      role                text constraint users_role_check check (role in ('administrator')),
      password_hash       text, -- argon2id, PHC string
      password_changed_at timestamptz,
      disabled_at         timestamptz,
      created_at          timestamptz not null,
      updated_at          timestamptz not null
    );
    create index users_created_at_idx on users (created_at, id);

    -- Usernames and e-mail addresses as keys (NFKC, lower case), unique across both.
    create table login_names (
      name_key text constraint login_names_name_key_key primary key,
      user_id  uuid not null constraint login_names_user_id_fkey references users on delete cascade
    );
    create index login_names_user_id_idx on login_names (user_id);

    create table groups (
      id         uuid primary key,
      name       text not null,
      name_key   text not null constraint groups_name_key_key unique,
      created_at timestamptz not null
    );

    create table group_members (
      group_id uuid not null constraint group_members_group_id_fkey references groups on delete cascade,
      user_id  uuid not null constraint group_members_user_id_fkey references users on delete cascade,
      primary key (user_id, group_id)
    );
    create index group_members_group_id_idx on group_members (group_id);

    create table issuers (
      id                uuid primary key,
      slug              text not null constraint issuers_slug_key unique,
      name              text not null,
      server_url        text,
      iss               text not null,
      app_id            text not null,
      sub               text not null,
      xmpp_domain       text,
      algorithm         text not null constraint issuers_algorithm_check
                        check (algorithm in ('HS256','HS384','HS512','RS256','RS384','RS512')),
      rsa_bits          integer not null constraint issuers_rsa_bits_check check (rsa_bits in (2048, 3072, 4096)),
      sealed_secret     bytea, -- HS only
      weak_secret       boolean not null default false,
      token_ttl_seconds integer not null constraint issuers_token_ttl_seconds_check check (token_ttl_seconds > 0),
      -- the longest that was ever set: keys are served until such tokens have ended
      longest_token_ttl_seconds integer not null,
      nbf_skew_seconds  integer not null constraint issuers_nbf_skew_seconds_check check (nbf_skew_seconds >= 0),
      delivery          text not null constraint issuers_delivery_check check (delivery in ('query','fragment')),
      skip_prejoin      boolean not null,
      any_room          boolean not null,
      use_rule          text not null,
      moderator_rule    text,
      features          jsonb, -- feature → rule
      lobby_bypass      text,
      mapping           jsonb not null,
      extra_claims      jsonb not null,
      group_expression  text,
      created_at        timestamptz not null,
      updated_at        timestamptz not null,
      constraint issuers_hs_has_secret_check check (algorithm not like 'HS%' or sealed_secret is not null)
    );

    create table room_policies (
      issuer_id      uuid not null constraint room_policies_issuer_id_fkey references issuers on delete cascade,
      position       integer not null, -- the first that matches counts
      match          text not null,
      use_rule       text,
      moderator_rule text,
      features       jsonb,
      lobby_bypass   text,
      primary key (issuer_id, position),
      constraint room_policies_issuer_id_match_key unique (issuer_id, match)
    );

    create table signing_keys (
      kid                text primary key,
      issuer_id          uuid not null constraint signing_keys_issuer_id_fkey references issuers on delete cascade,
      ring               text not null constraint signing_keys_ring_check check (ring in ('jitsi','oidc')),
      bits               integer not null,
      stage              text not null constraint signing_keys_stage_check
                         check (stage in ('next','active','published','retired')),
      sealed_private_pem bytea, -- PKCS#8; destroyed when the key stops signing
      public_pem         text not null, -- SPKI
      created_at         timestamptz not null,
      activated_at       timestamptz,
      published_at       timestamptz, -- when it stopped signing
      retired_at         timestamptz,
      constraint signing_keys_private_check
        check ((stage in ('next','active')) = (sealed_private_pem is not null))
    );
    create unique index signing_keys_one_active_key on signing_keys (issuer_id, ring) where stage = 'active';
    create unique index signing_keys_one_next_key on signing_keys (issuer_id, ring) where stage = 'next';

    create table sessions (
      id               uuid primary key,
      token_hash       bytea not null constraint sessions_token_hash_key unique, -- SHA-256 of the cookie
      user_id          uuid not null constraint sessions_user_id_fkey references users on delete cascade,
      methods          text[] not null,
      authenticated_at timestamptz not null,
      created_at       timestamptz not null,
      last_seen_at     timestamptz not null,
      idle_expires_at  timestamptz not null,
      expires_at       timestamptz not null,
      remembered       boolean not null,
      ip               text,
      user_agent       text
    );
    create index sessions_user_id_idx on sessions (user_id);
    create index sessions_idle_expires_at_idx on sessions (idle_expires_at);

    -- Browsers that signed in before: they keep their own count of failures.
    create table known_devices (
      token_hash   bytea not null,
      user_id      uuid not null constraint known_devices_user_id_fkey references users on delete cascade,
      last_seen_at timestamptz not null,
      primary key (token_hash, user_id)
    );
    create index known_devices_last_seen_at_idx on known_devices (last_seen_at);

    -- Failed sign-ins, by what they are counted for. The key is a keyed hash: people type
    -- passwords into the name field.
    create table login_counters (
      key            bytea primary key,
      count          integer not null,
      window_ends_at timestamptz not null,
      blocked_until  timestamptz not null
    );
    create index login_counters_window_ends_at_idx on login_counters (window_ends_at);

    create table setup_links (
      token_hash bytea primary key,
      created_at timestamptz not null,
      expires_at timestamptz not null
    );

    create table audit_events (
      id          bigint generated always as identity primary key,
      at          timestamptz not null,
      type        text not null,
      actor_id    uuid, -- no foreign key: the row outlives the person
      actor_name  text,
      target_type text,
      target_id   text,
      target_name text,
      issuer_id   uuid,
      room        text,
      role        text,
      reason      text,
      rule        text,
      kid         text,
      jti         text,
      ip          text,
      request_id  text,
      details     jsonb
    );
    create index audit_events_at_idx on audit_events (at);
    create index audit_events_actor_id_idx on audit_events (actor_id, id desc);
    create index audit_events_target_id_idx on audit_events (target_id, id desc);
    create index audit_events_request_id_idx on audit_events (request_id);
  `);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw(`
    drop table audit_events, setup_links, login_counters, known_devices, sessions, signing_keys,
      room_policies, issuers, group_members, groups, login_names, users, settings, catalog_version;
  `);
}
