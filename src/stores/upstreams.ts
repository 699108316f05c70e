/**
 * Directories people sign in with. Secrets are sealed, and only `listSecrets` opens them.
 *
 * @module
 */
import type { SecretBox } from '../crypto/secret-box.ts';
import { fromUpstream, toUpstream } from '../domain/config-file/upstream-entry.ts';
import { upstreamEntrySchema } from '../domain/config-file/upstream-schema.ts';
import { DomainError } from '../domain/errors.ts';
import type { Upstream, UpstreamSecrets } from '../domain/upstreams/upstream.ts';
import { expectRows, type Sql, violatedConstraint } from './rows.ts';

export interface UpstreamStore {
  /** All of them, by slug: there are few. */
  list(): Promise<Upstream[]>;
  findBySlug(slug: string): Promise<Upstream | undefined>;
  /** By id. */
  listSecrets(): Promise<ReadonlyMap<string, UpstreamSecrets>>;
  /** @throws {DomainError} `slug_taken`. */
  add(upstream: Upstream, secrets: UpstreamSecrets, now: Date): Promise<void>;
  /** A secret that is not given is kept, unless the upstream needs it no more: see `forget`. */
  update(upstream: Upstream, secrets: UpstreamSecrets, now: Date): Promise<void>;
  forget(id: string, secrets: readonly (keyof UpstreamSecrets)[]): Promise<void>;
  /** With its identities; the people stay. */
  remove(id: string): Promise<void>;
}

interface UpstreamRow {
  id: string;
  slug: string;
  type: string;
  settings: object;
  sealed_secret: Buffer | null;
  sealed_private_key: Buffer | null;
  created_at: Date;
  updated_at: Date;
}

const COLUMN_OF = { secret: 'sealed_secret', privateKey: 'sealed_private_key' } as const;

export function createUpstreamStore(sql: Sql, secretBox: SecretBox): UpstreamStore {
  const rows = () => sql<UpstreamRow>('upstreams');
  const placeOf = (id: string, kind: keyof UpstreamSecrets) => ({
    table: 'upstreams',
    column: COLUMN_OF[kind],
    id,
  });

  const open = (row: UpstreamRow, kind: keyof UpstreamSecrets) => {
    const sealed = row[COLUMN_OF[kind]];
    return sealed ? secretBox.open(sealed, placeOf(row.id, kind)) : undefined;
  };

  const sealed = (id: string, secrets: UpstreamSecrets) =>
    Object.fromEntries(
      (['secret', 'privateKey'] as const).flatMap((kind) => {
        const plain = secrets[kind];
        if (plain === undefined) return [];
        return [[COLUMN_OF[kind], secretBox.seal(plain, placeOf(id, kind))]];
      }),
    );

  return {
    list: async () => (await rows().orderBy('slug')).map(fromRow),

    async findBySlug(slug) {
      const row = await rows().where({ slug }).first();
      return row && fromRow(row);
    },

    async listSecrets() {
      const found = await rows();
      return new Map(
        found.map((row) => [
          row.id,
          { secret: open(row, 'secret'), privateKey: open(row, 'privateKey') },
        ]),
      );
    },

    async add(upstream, secrets, now) {
      const { id, createdAt } = upstream;
      const columns = { id, ...toColumns(upstream), ...sealed(id, secrets) };
      try {
        await sql('upstreams').insert({ ...columns, created_at: createdAt, updated_at: now });
      } catch (cause) {
        if (violatedConstraint(cause) === 'upstreams_slug_key')
          throw new DomainError('slug_taken', { slug: upstream.slug }, { cause });
        throw cause;
      }
    },

    async update(upstream, secrets, now) {
      const { id } = upstream;
      const columns = { ...toColumns(upstream), ...sealed(id, secrets), updated_at: now };
      expectRows(1, await sql('upstreams').where({ id }).update(columns));
    },

    async forget(id, kinds) {
      if (kinds.length === 0) return;
      const nothing = Object.fromEntries(kinds.map((kind) => [COLUMN_OF[kind], null]));
      await sql('upstreams').where({ id }).update(nothing);
    },

    async remove(id) {
      expectRows(1, await rows().where({ id }).del());
    },
  };
}

function fromRow({ id, slug, type, settings, created_at }: UpstreamRow): Upstream {
  const entry = upstreamEntrySchema.parse({ ...settings, slug, type });
  return toUpstream(entry, { id, createdAt: created_at });
}

function toColumns(upstream: Upstream) {
  const { slug, type, ...settings } = fromUpstream(upstream);
  return { slug, type, settings: JSON.stringify(settings) };
}
