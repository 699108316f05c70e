/**
 * Of which rows each kind of thing consists. To let the bin keep another kind, name it in
 * `domain/bin.ts` and its tables here; `removeToBin` and `restoreFromBin` do the rest.
 *
 * @module
 */
import type { BinRowKind } from '../domain/bin.ts';

/** Rows of one table. The first part of a kind is the thing itself. */
export interface BinPart {
  readonly table: string;
  /** Holds the id of the thing. */
  readonly owner: string;
  /** Rows whose other ends are gone when they are put back are left out: column → table. */
  readonly needs?: Readonly<Record<string, string>>;
  /** The database makes such a row with the thing: the kept one takes its place. */
  readonly made?: 'with_the_thing';
  /** A query for what is in the way: takes the rows as JSON, gives `name` and `taken_by`, null for what it
   * belonged to and is gone. */
  readonly conflicts?: string;
}

const MEMBERS = { table: 'group_members', needs: { user_id: 'users', group_id: 'groups' } };

/** Parents before children. Removing the first part takes the others with it (`on delete cascade`). */
export const BIN_PARTS: Readonly<Record<BinRowKind, readonly [BinPart, ...BinPart[]]>> = {
  user: [
    { table: 'users', owner: 'id' },
    {
      table: 'login_names',
      owner: 'user_id',
      conflicts: `select taken.name_key as name, u.username as taken_by
        from jsonb_populate_recordset(null::login_names, ?::jsonb) kept
        join login_names taken using (name_key) join users u on u.id = taken.user_id`,
    },
    { ...MEMBERS, owner: 'user_id' },
    {
      table: 'identities',
      owner: 'user_id',
      needs: { upstream_id: 'upstreams' },
      conflicts: `select upstreams.slug || ': ' || taken.subject as name, u.username as taken_by
        from jsonb_populate_recordset(null::identities, ?::jsonb) kept
        join identities taken using (upstream_id, subject)
        join upstreams on upstreams.id = taken.upstream_id join users u on u.id = taken.user_id`,
    },
    { table: 'api_keys', owner: 'created_by' },
    { table: 'last_sign_ins', owner: 'user_id', made: 'with_the_thing' },
  ],
  group: [
    {
      table: 'groups',
      owner: 'id',
      conflicts: `select taken.name, taken.name as taken_by
        from jsonb_populate_recordset(null::groups, ?::jsonb) kept
        join groups taken using (name_key)`,
    },
    { ...MEMBERS, owner: 'group_id' },
  ],
  issuer: [
    {
      table: 'issuers',
      owner: 'id',
      conflicts: `select taken.slug as name, taken.name as taken_by
        from jsonb_populate_recordset(null::issuers, ?::jsonb) kept
        join issuers taken using (slug)`,
    },
    { table: 'room_policies', owner: 'issuer_id' },
    { table: 'clients', owner: 'issuer_id' },
    { table: 'signing_keys', owner: 'issuer_id' },
  ],
  upstream: [
    {
      table: 'upstreams',
      owner: 'id',
      conflicts: `select taken.slug as name, taken.slug as taken_by
        from jsonb_populate_recordset(null::upstreams, ?::jsonb) kept
        join upstreams taken using (slug)`,
    },
    { table: 'identities', owner: 'upstream_id', needs: { user_id: 'users' } },
  ],
  client: [
    {
      table: 'clients',
      owner: 'id',
      conflicts: `with kept as (select * from jsonb_populate_recordset(null::clients, ?::jsonb))
        select taken.client_id as name, taken.name as taken_by
        from kept join clients taken using (issuer_id, client_id)
        union all
        select coalesce((select name from bin_items
          where kind = 'issuer' and object_id = kept.issuer_id::text limit 1), kept.issuer_id::text), null
        from kept where not exists (select from issuers where id = kept.issuer_id)`,
    },
  ],
};
