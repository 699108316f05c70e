import { DomainError } from '../domain/errors.ts';
import type { User } from '../domain/user.ts';
import { expectRows, type Sql, violatedConstraint } from './rows.ts';

/** Under what name an upstream knows a person of ours. */
export interface Identity {
  /** UUID. */
  readonly upstreamId: string;
  readonly subject: string;
  readonly userId: string;
  /** Ids of the groups the person is in because of it. */
  readonly grantedGroups: readonly string[];
  /** Whether the account was there before. */
  readonly linked: boolean;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  /** When a sync first found it gone. */
  readonly missingSince: Date | undefined;
}

export interface IdentityStore {
  find(upstreamId: string, subject: string): Promise<Identity | undefined>;
  /** By subject. */
  findAmong(
    upstreamId: string,
    subjects: readonly string[],
  ): Promise<ReadonlyMap<string, Identity>>;
  /** Holds its row until the transaction ends. */
  hold(upstreamId: string, subject: string): Promise<Identity | undefined>;
  /** Which of these people an upstream knows. */
  knownAmong(userIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Oldest first. */
  listOfUser(userId: string): Promise<Identity[]>;
  /** A subject has one person, a person one subject of an upstream.
   * @throws {DomainError} `identity_taken`. */
  add(identity: Identity): Promise<void>;
  update(identity: Identity): Promise<void>;
  /** They are there, and nothing else of them changed. */
  sawAll(upstreamId: string, subjects: readonly string[], now: Date): Promise<void>;
  remove(identity: Pick<Identity, 'upstreamId' | 'userId'>): Promise<void>;
  /** Those to an account that was there before. */
  removeLinks(userId: string): Promise<void>;
  countOf(upstreamId: string): Promise<number>;
  /** Those of its people who have a role. */
  listManaging(upstreamId: string): Promise<Pick<User, 'username' | 'role'>[]>;
}

interface IdentityRow {
  upstream_id: string;
  subject: string;
  user_id: string;
  granted_groups: string[];
  linked: boolean;
  created_at: Date;
  last_seen_at: Date;
  missing_since: Date | null;
}

export function createIdentityStore(sql: Sql): IdentityStore {
  const rows = () => sql<IdentityRow>('identities');

  return {
    async find(upstreamId, subject) {
      const row = await rows().where({ upstream_id: upstreamId, subject }).first();
      return row && fromRow(row);
    },

    async findAmong(upstreamId, subjects) {
      const found = await rows()
        .where({ upstream_id: upstreamId })
        .whereRaw('subject = any(?)', [[...subjects]]);
      return new Map(found.map((row) => [row.subject, fromRow(row)]));
    },

    async hold(upstreamId, subject) {
      const place = { upstream_id: upstreamId, subject };
      const row = await rows().where(place).forUpdate().first();
      return row && fromRow(row);
    },

    async knownAmong(userIds) {
      const found = await rows()
        .distinct('user_id')
        .whereIn('user_id', [...userIds]);
      return new Set(found.map(({ user_id }) => user_id));
    },

    async listOfUser(userId) {
      const found = await rows().where({ user_id: userId }).orderBy(['created_at', 'upstream_id']);
      return found.map(fromRow);
    },

    async add(identity) {
      try {
        await rows().insert(toRow(identity));
      } catch (cause) {
        const broken = violatedConstraint(cause);
        if (broken === 'identities_pkey' || broken === 'identities_upstream_id_user_id_key')
          throw new DomainError('identity_taken', undefined, { cause });
        throw cause;
      }
    },

    async update(identity) {
      const { upstream_id, subject, ...columns } = toRow(identity);
      expectRows(1, await rows().where({ upstream_id, subject }).update(columns));
    },

    async sawAll(upstreamId, subjects, now) {
      await rows()
        .where({ upstream_id: upstreamId })
        .whereRaw('subject = any(?)', [[...subjects]])
        .update({ last_seen_at: now, missing_since: null });
    },

    async remove({ upstreamId, userId }) {
      const place = { upstream_id: upstreamId, user_id: userId };
      expectRows(1, await rows().where(place).del());
    },

    async removeLinks(userId) {
      await rows().where({ user_id: userId, linked: true }).del();
    },

    async countOf(upstreamId) {
      const counted = await sql('identities')
        .where({ upstream_id: upstreamId })
        .count({ count: '*' })
        .first();
      return Number(counted?.count ?? 0);
    },

    async listManaging(upstreamId) {
      return sql('identities')
        .join('users', 'users.id', 'identities.user_id')
        .where('identities.upstream_id', upstreamId)
        .whereNotNull('users.role')
        .orderBy('users.username')
        .select('users.username', 'users.role');
    },
  };
}

function fromRow(row: IdentityRow): Identity {
  return {
    upstreamId: row.upstream_id,
    subject: row.subject,
    userId: row.user_id,
    grantedGroups: row.granted_groups,
    linked: row.linked,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
    missingSince: row.missing_since ?? undefined,
  };
}

function toRow(identity: Identity): IdentityRow {
  return {
    upstream_id: identity.upstreamId,
    subject: identity.subject,
    user_id: identity.userId,
    granted_groups: [...identity.grantedGroups],
    linked: identity.linked,
    created_at: identity.createdAt,
    last_seen_at: identity.lastSeenAt,
    missing_since: identity.missingSince ?? null,
  };
}
