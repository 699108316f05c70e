/**
 * Issuers with their room policies and clients. The HS secret is sealed, and only `listSecrets` opens it.
 *
 * @module
 */
import type { SecretBox } from '../crypto/secret-box.ts';
import { DomainError } from '../domain/errors.ts';
import type { Issuer } from '../domain/issuer.ts';
import { createClientStore } from './clients.ts';
import {
  type IssuerRow,
  issuerFromRow,
  issuerToColumns,
  type RoomPolicyRow,
} from './issuer-row.ts';
import { expectRows, type Sql, violatedConstraint } from './rows.ts';

export interface IssuerStanding {
  /** When the HS secret was last given; absent without one. */
  readonly secretChangedAt: Date | undefined;
  /** The longest any of its tokens may live, whatever was set in between. */
  readonly longestTokenTtlSeconds: number;
  readonly updatedAt: Date;
}

export interface IssuerStore {
  /** All of them, by slug, with their room policies and clients in order. */
  list(): Promise<Issuer[]>;
  findBySlug(slug: string): Promise<Issuer | undefined>;
  /** What is true of an issuer beside what is declared. */
  findStanding(id: string): Promise<IssuerStanding | undefined>;
  /** Of all issuers, in seconds: no token that was ever issued lives longer. 0 without issuers. */
  findLongestTokenTtl(): Promise<number>;
  /** HS secrets by issuer id, in clear. */
  listSecrets(): Promise<ReadonlyMap<string, string>>;
  /** `secret` for HS issuers.
   * @throws {DomainError} `slug_taken`. */
  add(issuer: Issuer, secret: string | undefined, now: Date): Promise<void>;
  /** Replaces everything, room policies and clients too; keeps the secrets when none is given. */
  update(issuer: Issuer, secret: string | undefined, now: Date): Promise<void>;
}

const sealedAt = (id: string) => ({ table: 'issuers', column: 'sealed_secret', id });

export function createIssuerStore(sql: Sql, secretBox: SecretBox): IssuerStore {
  const clients = createClientStore(sql, secretBox);

  const load = async (rows: IssuerRow[]): Promise<Issuer[]> => {
    const policies = await sql<RoomPolicyRow>('room_policies')
      .whereIn(
        'issuer_id',
        rows.map(({ id }) => id),
      )
      .orderBy('position');
    const of = (id: string) => policies.filter(({ issuer_id }) => issuer_id === id);
    const clientsOf = await clients.listByIssuer(rows.map(({ id }) => id));
    return rows.map((row) =>
      issuerFromRow(row, { policies: of(row.id), clients: clientsOf.get(row.id) ?? [] }),
    );
  };

  const sealed = (id: string, secret: string | undefined, now: Date) =>
    secret === undefined
      ? {}
      : { sealed_secret: secretBox.seal(secret, sealedAt(id)), secret_changed_at: now };

  const writeParts = async (issuer: Issuer) => {
    await clients.replaceOf(issuer.id, issuer.clients);
    await sql('room_policies').where({ issuer_id: issuer.id }).del();
    if (issuer.rooms.length === 0) return;
    await sql('room_policies').insert(
      issuer.rooms.map((policy, position) => ({
        issuer_id: issuer.id,
        position,
        match: policy.match,
        use_rule: policy.useRule ?? null,
        moderator_rule: policy.moderatorRule ?? null,
        features: policy.features ? JSON.stringify(policy.features) : null,
        lobby_bypass: policy.lobbyBypass ?? null,
      })),
    );
  };

  return {
    list: async () => load(await sql<IssuerRow>('issuers').orderBy('slug')),

    async findBySlug(slug) {
      const [issuer] = await load(await sql<IssuerRow>('issuers').where({ slug }));
      return issuer;
    },

    async findStanding(id) {
      const row = await sql<IssuerRow>('issuers').where({ id }).first();
      return (
        row && {
          secretChangedAt: row.secret_changed_at ?? undefined,
          longestTokenTtlSeconds: row.longest_token_ttl_seconds,
          updatedAt: row.updated_at,
        }
      );
    },

    async findLongestTokenTtl() {
      const row = await sql('issuers').max({ longest: 'longest_token_ttl_seconds' }).first();
      return row?.longest ?? 0;
    },

    async listSecrets() {
      const rows = await sql<IssuerRow>('issuers').whereNotNull('sealed_secret');
      return new Map(
        rows.flatMap(({ id, sealed_secret }) =>
          sealed_secret ? [[id, secretBox.open(sealed_secret, sealedAt(id))]] : [],
        ),
      );
    },

    async add(issuer, secret, now) {
      try {
        await sql('issuers').insert({
          ...issuerToColumns(issuer),
          ...sealed(issuer.id, secret, now),
          longest_token_ttl_seconds: issuer.tokenTtlSeconds,
          created_at: issuer.createdAt,
          updated_at: now,
        });
      } catch (cause) {
        if (violatedConstraint(cause) === 'issuers_slug_key')
          throw new DomainError('slug_taken', { slug: issuer.slug }, { cause });
        throw cause;
      }
      await writeParts(issuer);
    },

    async update(issuer, secret, now) {
      const { id, ...columns } = issuerToColumns(issuer);
      const changes = {
        ...columns,
        ...sealed(id, secret, now),
        longest_token_ttl_seconds: sql.raw('greatest(longest_token_ttl_seconds, ?)', [
          issuer.tokenTtlSeconds,
        ]),
        updated_at: now,
      };
      expectRows(1, await sql('issuers').where({ id }).update(changes));
      await writeParts(issuer);
    },
  };
}
