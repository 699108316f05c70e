/**
 * What a client was given goes when the client goes: another one may be made by the same name.
 *
 * @param {import('knex').Knex} knex
 */
export async function up(knex) {
  await knex.raw(`
    alter table oidc_artifacts
      add column client_id text, -- null in what no client was given
      add constraint oidc_artifacts_client_fkey foreign key (issuer_id, client_id)
        references clients (issuer_id, client_id) on delete cascade;
    create index oidc_artifacts_client_idx on oidc_artifacts (issuer_id, client_id)
      where client_id is not null`);
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
  await knex.raw('alter table oidc_artifacts drop column client_id');
}
