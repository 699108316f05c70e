/**
 * Signing keys in Postgres. Private halves are sealed, and destroyed when a key stops signing;
 * the rows stay, so that no kid is ever used twice.
 *
 * @module
 */
import type { SecretBox } from '../crypto/secret-box.ts';
import type { RsaBits } from '../domain/issuer.ts';
import type {
  KeyRing,
  PrivateSigningKey,
  SigningKey,
  SigningKeyStage,
} from '../domain/signing-key.ts';
import { expectRows, type Sql } from './rows.ts';

export interface SigningKeyStore {
  /** Everything Prosody may still ask for: next, active and published; oldest first. */
  listServed(): Promise<SigningKey[]>;
  /** Active keys of every issuer, with their private halves. */
  listSigning(): Promise<PrivateSigningKey[]>;
  /** All keys of an issuer, retired ones too; newest first. */
  listOf(issuerId: string): Promise<SigningKey[]>;
  /** Whatever its stage. */
  findByKid(kid: string): Promise<SigningKey | undefined>;
  /** Of all issuers, retired ones too. */
  listNewest(limit: number): Promise<SigningKey[]>;
  /** The keys of one ring that sign or will; the issuer's row is locked until the transaction ends. */
  lockRing(issuerId: string, ring: KeyRing): Promise<SigningKey[]>;
  add(key: PrivateSigningKey): Promise<void>;
  /** next → active. */
  activate(kid: string, now: Date): Promise<void>;
  /** next or active → published: its private half is destroyed. */
  stopSigning(kid: string, now: Date): Promise<void>;
  /** published → retired. */
  retire(kid: string, now: Date): Promise<void>;
  /**
   * published → retired, for those that stopped signing longer ago than the longest token life of
   * their issuer and `graceSeconds`; gives them.
   */
  retirePublished(now: Date, graceSeconds: number): Promise<{ kid: string; issuerId: string }[]>;
}

interface SigningKeyRow {
  kid: string;
  issuer_id: string;
  ring: KeyRing;
  bits: RsaBits;
  stage: SigningKeyStage;
  sealed_private_pem: Buffer | null;
  public_pem: string;
  created_at: Date;
  activated_at: Date | null;
  published_at: Date | null;
  retired_at: Date | null;
}

const PUBLIC_COLUMNS = [
  'kid',
  'issuer_id',
  'ring',
  'bits',
  'stage',
  'public_pem',
  'created_at',
  'activated_at',
  'published_at',
  'retired_at',
] as const;

const sealedAt = (kid: string) => ({
  table: 'signing_keys',
  column: 'sealed_private_pem',
  id: kid,
});

export function createSigningKeyStore(sql: Sql, secretBox: SecretBox): SigningKeyStore {
  const keys = () => sql<SigningKeyRow>('signing_keys');

  return {
    async listServed() {
      const rows = await keys()
        .select(...PUBLIC_COLUMNS)
        .whereNot({ stage: 'retired' })
        .orderBy('created_at')
        .orderBy('kid');
      return rows.map(fromRow);
    },

    async listSigning() {
      const rows = await keys().where({ stage: 'active' });
      return rows.map((row) => {
        if (!row.sealed_private_pem) throw new Error('an active key without a private half');
        const privatePem = secretBox.open(row.sealed_private_pem, sealedAt(row.kid));
        return { ...fromRow(row), privatePem };
      });
    },

    async listOf(issuerId) {
      const rows = await keys()
        .select(...PUBLIC_COLUMNS)
        .where({ issuer_id: issuerId })
        .orderBy('created_at', 'desc');
      return rows.map(fromRow);
    },

    async findByKid(kid) {
      const row = await keys()
        .where({ kid })
        .first(...PUBLIC_COLUMNS);
      return row && fromRow(row);
    },

    async listNewest(limit) {
      const rows = await keys()
        .select(...PUBLIC_COLUMNS)
        .orderBy('created_at', 'desc')
        .orderBy('kid')
        .limit(limit);
      return rows.map(fromRow);
    },

    async lockRing(issuerId, ring) {
      await sql('issuers').where({ id: issuerId }).forUpdate().select('id');
      const rows = await keys()
        .select(...PUBLIC_COLUMNS)
        .where({ issuer_id: issuerId, ring })
        .whereIn('stage', ['next', 'active']);
      return rows.map(fromRow);
    },

    async add(key) {
      await keys().insert({
        kid: key.kid,
        issuer_id: key.issuerId,
        ring: key.ring,
        bits: key.bits,
        stage: key.stage,
        sealed_private_pem: secretBox.seal(key.privatePem, sealedAt(key.kid)),
        public_pem: key.publicPem,
        created_at: key.createdAt,
        activated_at: key.activatedAt ?? null,
        published_at: key.publishedAt ?? null,
        retired_at: key.retiredAt ?? null,
      });
    },

    async activate(kid, now) {
      const changes = { stage: 'active', activated_at: now } as const;
      expectRows(1, await keys().where({ kid, stage: 'next' }).update(changes));
    },

    async stopSigning(kid, now) {
      const changes = { stage: 'published', published_at: now, sealed_private_pem: null } as const;
      expectRows(
        1,
        await keys().where({ kid }).whereIn('stage', ['next', 'active']).update(changes),
      );
    },

    async retire(kid, now) {
      const changes = { stage: 'retired', retired_at: now } as const;
      expectRows(1, await keys().where({ kid, stage: 'published' }).update(changes));
    },

    async retirePublished(now, graceSeconds) {
      const { rows } = await sql.raw<{ rows: { kid: string; issuer_id: string }[] }>(
        `update signing_keys k set stage = 'retired', retired_at = ?
         from issuers i
         where i.id = k.issuer_id and k.stage = 'published'
           and k.published_at + make_interval(secs => i.longest_token_ttl_seconds + ?) <= ?
         returning k.kid, k.issuer_id`,
        [now, graceSeconds, now],
      );
      return rows.map(({ kid, issuer_id }) => ({ kid, issuerId: issuer_id }));
    },
  };
}

function fromRow(row: Omit<SigningKeyRow, 'sealed_private_pem'>): SigningKey {
  return {
    kid: row.kid,
    issuerId: row.issuer_id,
    ring: row.ring,
    bits: row.bits,
    stage: row.stage,
    publicPem: row.public_pem,
    createdAt: row.created_at,
    activatedAt: row.activated_at ?? undefined,
    publishedAt: row.published_at ?? undefined,
    retiredAt: row.retired_at ?? undefined,
  };
}
