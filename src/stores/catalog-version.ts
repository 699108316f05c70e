import { gather } from './gather.ts';
import type { Sql } from './rows.ts';

/** NOTIFY channel on which every process hears of a change. */
export const CATALOG_CHANNEL = 'roomkey_catalog';

/** Counts the changes of what processes hold in memory: issuers, rules, keys, settings. */
export interface CatalogVersionStore {
  /** As it is after the call; concurrent callers share the question. */
  current(): Promise<string>;
  /** In the transaction of the change; the others hear of it when that commits. */
  bump(): Promise<void>;
}

/** @param prepared Whether the server keeps named statements apart by connection. */
export function createCatalogVersionStore(
  sql: Sql,
  { prepared }: { prepared: boolean },
): CatalogVersionStore {
  const options = prepared ? { name: 'catalog_version' } : {};
  const read = gather(async (askers: readonly undefined[]) => {
    const query = sql.raw<{ rows: { version: string }[] }>(
      'select version::text from catalog_version',
    );
    const { rows } = await query.options(options);
    return askers.map(() => rows[0]?.version ?? '0');
  });
  return {
    current: () => read(undefined),
    async bump() {
      await sql.raw(
        `with bumped as (update catalog_version set version = version + 1 returning version)
         select pg_notify(?, version::text) from bumped`,
        [CATALOG_CHANNEL],
      );
    },
  };
}
