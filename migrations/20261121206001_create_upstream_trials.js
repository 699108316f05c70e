/**
 * Tests of upstreams that wait for somebody to sign in there, or have been told of it.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    create table upstream_trials (
      id          uuid primary key,
      upstream_id uuid not null constraint upstream_trials_upstream_id_fkey references upstreams on delete cascade,
      token_hash  bytea not null constraint upstream_trials_token_hash_key unique, -- SHA-256 of what begins it
      user_id     uuid constraint upstream_trials_user_id_fkey references users on delete cascade, -- null: asked for at a terminal
      issuer      text not null, -- slug
      room        text not null,
      steps       jsonb not null,
      outcome     jsonb, -- when it is over
      created_at  timestamptz not null,
      expires_at  timestamptz not null
    );
    create index upstream_trials_expires_at_idx on upstream_trials (expires_at);
    create index upstream_trials_upstream_id_idx on upstream_trials (upstream_id);
    create index upstream_trials_user_id_idx on upstream_trials (user_id);
  `);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw('drop table upstream_trials');
}
