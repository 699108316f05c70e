/**
 * Databases of a test's own on a real server.
 *
 * @module
 */
import createKnex, { type Knex } from 'knex';

/** The same server and user, another database. */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Runs `work` on the database that `serverUrl` names, to create or drop another. */
export async function withAdministrator(
  serverUrl: string,
  work: (knex: Knex) => Promise<unknown>,
): Promise<void> {
  const knex = createKnex({ client: 'pg', connection: serverUrl, pool: { min: 0, max: 1 } });
  try {
    await work(knex);
  } finally {
    await knex.destroy();
  }
}
