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
  { table: 'upstream_logins', column: 'sealed_secrets', key: 'id' },
  { table: 'upstream_sessions', column: 'sealed_id_token', key: 'session_id' },
  { table: 'upstreams', column: 'sealed_secret', key: 'id' },
  { table: 'upstreams', column: 'sealed_private_key', key: 'id' },
] as const;

/** Codes and tokens of a busy realm are many: they are gone through in pieces. */
const AT_ONCE = 500;

interface SealedRow {
  readonly place: Place;
  readonly sealed: Buffer;
}

export function createSealedSecretStore(sql: Sql, secretBox: SecretBox): SealedSecretStore {
  const inPieces = async function* (where: (typeof COLUMNS)[number]) {
    const { table, column, key } = where;
    let last: string | undefined;
    for (;;) {
      const query = sql(table).whereNotNull(column).orderBy(key).limit(AT_ONCE);
      if (last !== undefined) void query.where(key, '>', last);
      const rows = await query.select({ id: key, sealed: column });
      for (const { id, sealed } of rows) {
        const row: SealedRow = { place: { table, column, id: String(id) }, sealed };
        yield row;
      }
      if (rows.length < AT_ONCE) return;
      last = String(rows.at(-1)?.id);
    }
  };

  return {
    async reseal() {
      let count = 0;
      for (const where of COLUMNS)
        for await (const { place, sealed } of inPieces(where)) {
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
      let count = 0;
      const open = ({ place, sealed }: SealedRow) => {
        secretBox.open(sealed, place);
        count += 1;
      };
      for (const where of COLUMNS) for await (const row of inPieces(where)) open(row);
      for await (const row of sealedInBin(sql)) open(row);
      return count;
    },
  };
}
