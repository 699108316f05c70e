import type { Place, SecretBox } from '../crypto/secret-box.ts';
import { resealBin, sealedInBin } from './sealed-in-bin.ts';
import type { Sql } from './rows.ts';

/** Everything that is sealed in columns, whatever it is. */
export interface SealedSecretStore {
  /** Seals anew, with the first key, what another one sealed; says how many. */
  reseal(): Promise<number>;
  /** Opens all of them and forgets them; says how many.
   * @throws {SecretBoxError} for the first that does not open. */
  openAll(): Promise<number>;
}

/** Table, column, and what names a row: the places of `SecretBox`. */
const COLUMNS = [
  { table: 'issuers', column: 'sealed_secret', key: 'id' },
  { table: 'signing_keys', column: 'sealed_private_pem', key: 'kid' },
  { table: 'clients', column: 'sealed_secret', key: 'id' },
  { table: 'oidc_artifacts', column: 'sealed_payload', key: 'id' },
  { table: 'clients', column: 'sealed_former_secret', key: 'id' },
] as const;

export function createSealedSecretStore(sql: Sql, secretBox: SecretBox): SealedSecretStore {
  const list = async ({ table, column, key }: (typeof COLUMNS)[number]) => {
    const rows = await sql(table)
      .whereNotNull(column)
      .orderBy(key)
      .select({ id: key, sealed: column });
    return rows.map(({ id, sealed }): { place: Place; sealed: Buffer } => ({
      place: { table, column, id: String(id) },
      sealed,
    }));
  };

  return {
    async reseal() {
      let count = 0;
      for (const where of COLUMNS)
        for (const { place, sealed } of await list(where)) {
          if (secretBox.isCurrent(sealed)) continue;
          const renewed = secretBox.seal(secretBox.open(sealed, place), place);
          // A key that was rotated away meanwhile has no private half any more: nothing to renew.
          count += await sql(where.table)
            .where({ [where.key]: place.id, [where.column]: sealed })
            .update({ [where.column]: renewed });
        }
      return count + (await resealBin(sql, secretBox));
    },

    async openAll() {
      const kept = await sealedInBin(sql);
      const all = [...(await Promise.all(COLUMNS.map(list))).flat(), ...kept];
      for (const { place, sealed } of all) secretBox.open(sealed, place);
      return all.length;
    },
  };
}
