/**
 * What the OpenID provider remembers for a while: codes, refresh tokens, grants, requests under way.
 *
 * Ids are kept as SHA-256 only, contents sealed. What belongs to a sign-in is found only while that
 * lives: a session that ends takes its codes and tokens with it, wherever it ends. A client that is
 * removed takes all with it that it was given, and gets nothing more.
 *
 * @module
 */
import { type ArtifactPlace, artifactName } from '../crypto/digest.ts';
import type { SecretBox } from '../crypto/secret-box.ts';
import { gather } from './gather.ts';
import type { Sql } from './rows.ts';
import {
  LIVE_SESSION_COLUMNS,
  liveFromRow,
  type LiveRow,
  type LiveSession,
} from './session-row.ts';

export interface NewArtifact extends ArtifactPlace {
  readonly payload: object;
  /** Whose it is: it ends with that client. */
  readonly clientId: string | undefined;
  readonly grantId: string | undefined;
  readonly sessionId: string | undefined;
  /** The refresh token in whose place it comes. */
  readonly parentId: string | undefined;
  readonly expiresAt: Date;
}

export type ArtifactPayload = Readonly<Record<string, unknown>>;

export interface FoundArtifact {
  readonly payload: ArtifactPayload;
  /** Of the grant it came from, while that lasts. */
  readonly grant: ArtifactPayload | undefined;
  /** The sign-in it belongs to, if it belongs to one. */
  readonly live: LiveSession | undefined;
  /** Used, and not to be used again. */
  readonly used: boolean;
}

export interface Use {
  readonly now: Date;
  /** So long after the first use a second one is taken, if nothing came of the first. */
  readonly graceSeconds: number;
}

export interface OidcArtifactStore {
  /** Adds them, or puts other contents in their place, all or none. */
  put(...artifacts: readonly NewArtifact[]): Promise<void>;
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

const sealedAt = (id: string) => ({ table: 'oidc_artifacts', column: 'sealed_payload', id });

/** Used once, a moment ago, and nothing that came of it was used. */
const MAY_AGAIN = `(a.uses = 1 and a.used_at > asked.since and not exists (
  select 1 from oidc_artifacts child where child.parent_id = a.id and child.uses > 0))`;

/** In selects of their own: see `src/stores/sessions.ts`. */
const ASKED = 'unnest((select ?::text[]), (select ?::timestamptz[]), (select ?::timestamptz[]))';

const FIND = `
  select asked.nth::integer, found.*
  from ${ASKED} with ordinality as asked (artifact_id, now, since, nth),
  lateral (
    select a.sealed_payload, a.uses, ${MAY_AGAIN} as again, g.id as grant_id,
      g.sealed_payload as sealed_grant, s.id is not null as is_live, ${LIVE_SESSION_COLUMNS}
    from oidc_artifacts a
    left join oidc_artifacts g on g.id = a.grant_id and g.expires_at > asked.now
    left join (sessions s join users u on u.id = s.user_id and u.disabled_at is null)
      on s.id = a.session_id and s.idle_expires_at > asked.now and s.expires_at > asked.now
    where a.id = asked.artifact_id and a.expires_at > asked.now
      and (a.session_id is null or s.id is not null)
  ) found`;

/** Locked in one order, so that two processes never wait for each other. */
const USE = `
  with asked as (select * from ${ASKED} as asked (id, now, since)),
  locked as (
    select a.id from oidc_artifacts a join asked on asked.id = a.id order by a.id for update of a)
  update oidc_artifacts a set uses = a.uses + 1, used_at = coalesce(a.used_at, asked.now)
  from asked join locked on locked.id = asked.id
  where a.id = asked.id and a.expires_at > asked.now and (a.uses = 0 or ${MAY_AGAIN})
  returning a.id, a.uses`;

const PUT = `
  insert into oidc_artifacts (id, issuer_id, kind, sealed_payload, grant_id, session_id, parent_id,
    expires_at, client_id)
  select added.* from unnest((select ?::text[]), (select ?::uuid[]), (select ?::text[]),
    (select ?::bytea[]), (select ?::text[]), (select ?::uuid[]), (select ?::text[]),
    (select ?::timestamptz[]), (select ?::text[])) as added (id, issuer_id, kind, sealed_payload,
      grant_id, session_id, parent_id, expires_at, client_id)
  where client_id is null or exists (
    select from clients c where c.issuer_id = added.issuer_id and c.client_id = added.client_id)
  order by id
  on conflict (id) do update set kind = excluded.kind, sealed_payload = excluded.sealed_payload,
    grant_id = excluded.grant_id, session_id = excluded.session_id,
    parent_id = excluded.parent_id, expires_at = excluded.expires_at,
    client_id = excluded.client_id`;

interface FoundRow extends LiveRow {
  readonly nth: number;
  readonly sealed_payload: Buffer;
  readonly uses: number;
  readonly again: boolean;
  readonly grant_id: string | null;
  readonly sealed_grant: Buffer | null;
  readonly is_live: boolean;
}

interface ArtifactRow {
  readonly id: string;
  readonly issuer_id: string;
  readonly kind: string;
  readonly sealed_payload: Buffer;
  readonly grant_id: string | null;
  readonly session_id: string | null;
  readonly parent_id: string | null;
  readonly expires_at: Date;
  readonly client_id: string | null;
}

interface Asked {
  readonly id: string;
  readonly now: Date;
  readonly since: Date;
}

const REMOVE_FAMILY_OF = `
  delete from oidc_artifacts a using oidc_artifacts member
  where member.id = ? and (a.id in (member.id, member.grant_id) or a.grant_id = member.grant_id)`;

/** @param prepared Whether the server keeps named statements apart by connection. */
export function createOidcArtifactStore(
  sql: Sql,
  secretBox: SecretBox,
  { prepared }: { prepared: boolean },
): OidcArtifactStore {
  const artifacts = () => sql('oidc_artifacts');
  const run = async <Row>(name: string, text: string, lists: readonly (readonly unknown[])[]) => {
    const query = sql.raw<{ rows: Row[] }>(text, lists as never);
    const { rows } = await query.options(prepared ? { name } : {});
    return rows;
  };
  const listsOf = (asked: readonly Asked[]) => [
    asked.map(({ id }) => id),
    asked.map(({ now }) => now),
    asked.map(({ since }) => since),
  ];
  const toAsked = (id: string, { now, graceSeconds }: Use): Asked => {
    return { id, now, since: new Date(now.getTime() - graceSeconds * 1000) };
  };
  const open = (id: string, sealed: Buffer): ArtifactPayload =>
    JSON.parse(secretBox.open(sealed, sealedAt(id)));

  const findAll = gather(async (asked: readonly Asked[]) => {
    const found: (FoundArtifact | undefined)[] = asked.map(() => undefined);
    for (const row of await run<FoundRow>('find_oidc_artifacts', FIND, listsOf(asked))) {
      const { nth, sealed_payload, sealed_grant, grant_id } = row;
      found[nth - 1] = {
        payload: open(asked[nth - 1]?.id ?? '', sealed_payload),
        grant: sealed_grant && grant_id !== null ? open(grant_id, sealed_grant) : undefined,
        live: row.is_live ? liveFromRow(row) : undefined,
        used: row.uses > 0 && !row.again,
      };
    }
    return found;
  });

  /** How often each is used by now; 0 for those that were not to be. */
  const useAll = gather(async (asked: readonly Asked[]) => {
    const uses = asked.map(() => 0);
    // The same one asked for twice is used twice, one after the other.
    for (const turn of inTurns(asked)) {
      const lists = listsOf(turn.map(({ item }) => item));
      const rows = await run<{ id: string; uses: number }>('use_oidc_artifacts', USE, lists);
      const byId = new Map(rows.map((row) => [row.id, row.uses]));
      for (const { index, item } of turn) uses[index] = byId.get(item.id) ?? 0;
    }
    return uses;
  });

  const putAll = gather(async (items: readonly (readonly ArtifactRow[])[]) => {
    const rows = [...new Map(items.flat().map((row) => [row.id, row])).values()];
    await run('put_oidc_artifacts', PUT, columnsOf(rows));
    return items.map(() => undefined);
  });

  const toRow = (artifact: NewArtifact): ArtifactRow => {
    const { issuerId, kind, payload, clientId, grantId, sessionId, parentId, expiresAt } = artifact;
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
      client_id: clientId ?? null,
    };
  };

  return {
    put: (...added) => putAll(added.map(toRow)),

    async addOnce(artifact) {
      const row = toRow(artifact);
      const added = await artifacts().insert(row).onConflict('id').ignore().returning('id');
      return added.length === 1;
    },

    find: (place, use) => findAll(toAsked(artifactName(place), use)),
    findNamed: (name, use) => findAll(toAsked(name, use)),

    async use(place, use) {
      const id = artifactName(place);
      const uses = await useAll(toAsked(id, use));
      if (uses === 0) await sql.raw(REMOVE_FAMILY_OF, [id]);
      else if (uses > 1) await artifacts().where({ parent_id: id }).del();
      return uses > 0;
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

interface Indexed {
  readonly item: Asked;
  readonly index: number;
}

/** In each turn an id comes once. */
function inTurns(asked: readonly Asked[]): Indexed[][] {
  const turns: Indexed[][] = [];
  const seen = new Map<string, number>();
  for (const [index, item] of asked.entries()) {
    const turn = seen.get(item.id) ?? 0;
    seen.set(item.id, turn + 1);
    (turns[turn] ??= []).push({ item, index });
  }
  return turns;
}

function columnsOf(rows: readonly ArtifactRow[]): unknown[][] {
  return [
    rows.map((row) => row.id),
    rows.map((row) => row.issuer_id),
    rows.map((row) => row.kind),
    rows.map((row) => row.sealed_payload),
    rows.map((row) => row.grant_id),
    rows.map((row) => row.session_id),
    rows.map((row) => row.parent_id),
    rows.map((row) => row.expires_at),
    rows.map((row) => row.client_id),
  ];
}
