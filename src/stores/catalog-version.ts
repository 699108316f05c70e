import type { Sql } from './rows.ts';

/** NOTIFY channel on which every process hears of a change. */
export const CATALOG_CHANNEL = 'roomkey_catalog';

/** Counts the changes of what processes hold in memory: issuers, rules, keys, settings. */
export interface CatalogVersionStore {
  current(): Promise<string>;
  /** In the transaction of the change; the others hear of it when that commits. */
  bump(): Promise<void>;
}

export function createCatalogVersionStore(sql: Sql): CatalogVersionStore {
  return {
    async current() {
      const { rows } = await sql.raw<{ rows: { version: string }[] }>(
        'select version::text from catalog_version',
      );
      return rows[0]?.version ?? '0';
    },
    async bump() {
      await sql.raw(
        `with bumped as (update catalog_version set version = version + 1 returning version)
         select pg_notify(?, version::text) from bumped`,
        [CATALOG_CHANNEL],
      );
    },
  };
}
