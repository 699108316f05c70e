import type { PictureType } from '../domain/upstreams/picture.ts';
import type { Sql } from './rows.ts';

export interface Avatar {
  /** UUID. */
  readonly upstreamId: string;
  readonly subject: string;
  /** 43 characters: nobody guesses it, and another picture has another. */
  readonly address: string;
  /** Where it was fetched from; `undefined`: an attribute of the directory. */
  readonly source: string | undefined;
  /** SHA-256. */
  readonly digest: Buffer;
  readonly type: PictureType;
  readonly fetchedAt: Date;
}

export interface AvatarStore {
  /** Without its picture. */
  find(upstreamId: string, subject: string): Promise<Avatar | undefined>;
  findPicture(address: string): Promise<{ type: PictureType; bytes: Buffer } | undefined>;
  /** In place of the one there is. Its identity must be there. */
  keep(avatar: Avatar, bytes: Uint8Array): Promise<void>;
  /** The same picture was seen again. */
  touch(avatar: Pick<Avatar, 'upstreamId' | 'subject' | 'source'>, now: Date): Promise<void>;
  remove(avatar: Pick<Avatar, 'upstreamId' | 'subject'>): Promise<void>;
  /** All that came from an upstream; people who were shown so are shown without. */
  removeAll(upstreamId: string): Promise<void>;
}

interface AvatarRow {
  upstream_id: string;
  subject: string;
  address: string;
  source: string | null;
  digest: Buffer;
  content_type: PictureType;
  picture: Buffer;
  fetched_at: Date;
}

export function createAvatarStore(sql: Sql): AvatarStore {
  const rows = () => sql<AvatarRow>('avatars');
  return {
    async find(upstreamId, subject) {
      const row = await rows()
        .where({ upstream_id: upstreamId, subject })
        .first('address', 'source', 'digest', 'content_type', 'fetched_at');
      if (!row) return undefined;
      const { address, source, digest, content_type: type, fetched_at: fetchedAt } = row;
      const kept = { upstreamId, subject, address, digest: Buffer.from(digest), type, fetchedAt };
      return { ...kept, source: source ?? undefined };
    },

    async findPicture(address) {
      const row = await rows().where({ address }).first('content_type', 'picture');
      return row && { type: row.content_type, bytes: Buffer.from(row.picture) };
    },

    async keep({ upstreamId, type, fetchedAt, source, ...avatar }, bytes) {
      const row = {
        ...avatar,
        upstream_id: upstreamId,
        content_type: type,
        fetched_at: fetchedAt,
        source: source ?? null,
        picture: Buffer.from(bytes),
      };
      await rows().insert(row).onConflict(['upstream_id', 'subject']).merge();
    },

    async touch({ upstreamId, subject, source }, now) {
      const seen = { fetched_at: now, source: source ?? null };
      await rows().where({ upstream_id: upstreamId, subject }).update(seen);
    },

    async remove({ upstreamId, subject }) {
      await rows().where({ upstream_id: upstreamId, subject }).del();
    },

    async removeAll(upstreamId) {
      await sql.raw(
        `with gone as (delete from avatars where upstream_id = ? returning subject, address)
        update users set avatar_url = null
        from gone join identities using (subject)
        where identities.upstream_id = ? and users.id = identities.user_id
          and right(users.avatar_url, 52) = '/avatars/' || gone.address`,
        [upstreamId, upstreamId],
      );
    },
  };
}
