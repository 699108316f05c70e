/**
 * What the OpenID provider remembers for a while: codes, refresh tokens, grants, requests under way.
 *
 * Ids are kept as SHA-256 only, contents sealed. What belongs to a sign-in is found only while that
 * lives: a session that ends takes its codes and tokens with it, wherever it ends.
 *
 * @module
 */
import { type ArtifactPlace, artifactName } from '../crypto/digest.ts';
import type { SecretBox } from '../crypto/secret-box.ts';
import type { Sql } from './rows.ts';

export interface NewArtifact extends ArtifactPlace {
  readonly payload: object;
  readonly grantId: string | undefined;
  readonly sessionId: string | undefined;
  /** The refresh token in whose place it comes. */
  readonly parentId: string | undefined;
  readonly expiresAt: Date;
}

export interface FoundArtifact {
  readonly payload: Readonly<Record<string, unknown>>;
  /** Used, and not to be used again. */
  readonly used: boolean;
}

export interface Use {
  readonly now: Date;
  /** So long after the first use a second one is taken, if nothing came of the first. */
  readonly graceSeconds: number;
}

export interface OidcArtifactStore {
  /** Adds it, or puts other contents in its place. */
  put(artifact: NewArtifact): Promise<void>;
  /** False when it is there already. */
  addOnce(artifact: NewArtifact): Promise<boolean>;
  find(place: ArtifactPlace, use: Use): Promise<FoundArtifact | undefined>;
  /** By the name `artifactName` gives. */
  findNamed(name: string, use: Use): Promise<FoundArtifact | undefined>;
  /**
   * True for exactly one caller, whatever the race; with a grace for one more, whose predecessor's
   * offspring, as yet unused, goes. For anybody else the whole family of the grant is gone.
   */
  use(place: ArtifactPlace, use: Use): Promise<boolean>;
  remove(place: ArtifactPlace): Promise<void>;
  /** Removes a grant with all that came of it. */
  removeFamily(issuerId: string, grantId: string): Promise<void>;
  /** Removes a batch of what has expired; says how many. */
  sweep(now: Date, batch: number): Promise<number>;
}

interface ArtifactRow {
  id: string;
  sealed_payload: Buffer;
  uses: number;
  again: boolean;
}

const sealedAt = (id: string) => ({ table: 'oidc_artifacts', column: 'sealed_payload', id });

/** Used once, a moment ago, and nothing that came of it was used. Takes a time. */
const MAY_AGAIN = `(a.uses = 1 and a.used_at > ? and not exists (
  select 1 from oidc_artifacts child where child.parent_id = a.id and child.uses > 0))`;

const FIND = `
  select a.id, a.sealed_payload, a.uses, ${MAY_AGAIN} as again
  from oidc_artifacts a
  where a.id = ? and a.expires_at > ? and (a.session_id is null or exists (
    select 1 from sessions s join users u on u.id = s.user_id
    where s.id = a.session_id and s.idle_expires_at > ? and s.expires_at > ?
      and u.disabled_at is null))`;

const USE = `
  update oidc_artifacts a set uses = a.uses + 1, used_at = coalesce(a.used_at, ?)
  where a.id = ? and a.expires_at > ? and (a.uses = 0 or ${MAY_AGAIN})
  returning a.uses`;

const REMOVE_FAMILY_OF = `
  delete from oidc_artifacts a using oidc_artifacts member
  where member.id = ? and (a.id in (member.id, member.grant_id) or a.grant_id = member.grant_id)`;

export function createOidcArtifactStore(sql: Sql, secretBox: SecretBox): OidcArtifactStore {
  const artifacts = () => sql('oidc_artifacts');

  const toRow = (artifact: NewArtifact) => {
    const { issuerId, kind, payload, grantId, sessionId, parentId, expiresAt } = artifact;
    const id = artifactName(artifact);
    const named = (of: string, other: string | undefined) =>
      other === undefined ? null : artifactName({ issuerId, kind: of, id: other });
    return {
      id,
      issuer_id: issuerId,
      kind,
      sealed_payload: secretBox.seal(JSON.stringify(payload), sealedAt(id)),
      grant_id: named('Grant', grantId),
      session_id: sessionId ?? null,
      parent_id: named(kind, parentId),
      expires_at: expiresAt,
    };
  };

  const findNamed = async (name: string, { now, graceSeconds }: Use) => {
    const since = new Date(now.getTime() - graceSeconds * 1000);
    const found = await sql.raw<{ rows: ArtifactRow[] }>(FIND, [since, name, now, now, now]);
    const [row] = found.rows;
    if (!row) return undefined;
    const payload = JSON.parse(secretBox.open(row.sealed_payload, sealedAt(row.id)));
    return { payload, used: row.uses > 0 && !row.again };
  };

  return {
    async put(artifact) {
      const { id, ...columns } = toRow(artifact);
      await artifacts()
        .insert({ id, ...columns })
        .onConflict('id')
        .merge(columns);
    },

    async addOnce(artifact) {
      const row = toRow(artifact);
      const added = await artifacts().insert(row).onConflict('id').ignore().returning('id');
      return added.length === 1;
    },

    find: (place, use) => findNamed(artifactName(place), use),
    findNamed,

    async use(place, { now, graceSeconds }) {
      const id = artifactName(place);
      const since = new Date(now.getTime() - graceSeconds * 1000);
      const { rows } = await sql.raw<{ rows: { uses: number }[] }>(USE, [now, id, now, since]);
      const [row] = rows;
      if (!row) await sql.raw(REMOVE_FAMILY_OF, [id]);
      else if (row.uses > 1) await artifacts().where({ parent_id: id }).del();
      return row !== undefined;
    },

    async remove(place) {
      await artifacts()
        .where({ id: artifactName(place) })
        .del();
    },

    async removeFamily(issuerId, grantId) {
      const grant = artifactName({ issuerId, kind: 'Grant', id: grantId });
      await artifacts().where({ grant_id: grant }).orWhere({ id: grant }).del();
    },

    async sweep(now, batch) {
      const { rowCount } = await sql.raw<{ rowCount: number }>(
        `delete from oidc_artifacts where id in (
           select id from oidc_artifacts where expires_at <= ? limit ? for update skip locked)`,
        [now, batch],
      );
      return rowCount;
    },
  };
}
