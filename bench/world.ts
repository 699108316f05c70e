/**
 * A database with an RS issuer, an HS issuer, and people who are signed in.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { tokenHash } from '../src/crypto/digest.ts';
import { createPasswordHasher } from '../src/crypto/password.ts';
import { systemRandom } from '../src/crypto/random.ts';
import { makeRsaKey } from '../src/crypto/rsa-key.ts';
import { createSecretBox } from '../src/crypto/secret-box.ts';
import type { Client } from '../src/domain/client.ts';
import { isHs } from '../src/domain/issuer.ts';
import { buildSession, DEFAULT_SESSION_LIFETIMES } from '../src/domain/session.ts';
import { ensureIssuerKeys, makeKeyPairFor } from '../src/operations/issuer-keys.ts';
import type { Database } from '../src/stores/database/database.ts';
import { migrate } from '../src/stores/database/migrate.ts';
import { openDatabase } from '../src/stores/database/open.ts';
import { createStores, type Stores } from '../src/stores/index.ts';
import { anIssuer, aUser } from '../test/factories.ts';
import { databaseUrl, withAdministrator } from '../test/support/server-databases.ts';

export interface World {
  /** Settings for the server that serves it. */
  readonly settings: { readonly DATABASE_URL: string; readonly ROOMKEY_SECRET: string };
  readonly people: readonly Person[];
}

export interface Person {
  readonly username: string;
  /** `Cookie` header of a browser in which the person is signed in. */
  readonly cookie: string;
}

export const PASSWORD = 'a long enough passphrase';
export const HS_SLUG = 'hs';
const PEOPLE = 32;
const SECRET = '07'.repeat(32);

/** @param users How many people it holds in all. */
export async function makeWorld(
  serverUrl: string,
  { name, users }: { name: string; users: number },
): Promise<World> {
  const url = databaseUrl(serverUrl, name);
  await withAdministrator(serverUrl, (knex) => knex.raw('create database ??', [name]));
  const database = await openDatabase({ url, poolMax: 4 });
  try {
    await migrate(database.knex);
    const stores = createStores(database, createSecretBox([Buffer.from(SECRET, 'hex')]));
    await addIssuers(stores);
    const people = await addPeople(stores);
    await addCrowd(database, users - people.length);
    return { settings: { DATABASE_URL: url, ROOMKEY_SECRET: SECRET }, people };
  } finally {
    await database.close();
  }
}

/** What `static/sso.html` is: a public client, with Jitsi tokens for the room of its state. */
export const JITSI_CLIENT: Client = {
  clientId: 'jitsi',
  kind: 'jitsi',
  name: 'Meetings',
  auth: 'none',
  redirectUris: ['https://meet.example.org/static/sso.html'],
  postLogoutRedirectUris: [],
  webOrigins: undefined,
  scopes: ['openid', 'profile', 'email'],
  firstParty: true,
  audience: undefined,
  anyRoom: false,
  tokenTtlSeconds: undefined,
  refreshTtlSeconds: undefined,
  jwks: undefined,
  backchannelLogoutUri: undefined,
};

/** With rules such as operators write. */
async function addIssuers(stores: Stores): Promise<void> {
  const rules = {
    useRule: "inGroup('staff')",
    moderatorRule: "inGroup('chairs')",
    features: { recording: "inGroup('chairs')" },
  };
  const now = new Date();
  for (const issuer of [
    anIssuer({ ...rules, createdAt: now, clients: [JITSI_CLIENT] }),
    anIssuer({ ...rules, slug: HS_SLUG, algorithm: 'HS256', createdAt: now }),
  ]) {
    const keys = await makeKeyPairFor(issuer, makeRsaKey);
    await stores.transaction(async (tx) => {
      await tx.issuers.add(issuer, isHs(issuer.algorithm) ? 's'.repeat(64) : undefined, now);
      await ensureIssuerKeys(tx, { issuer, keys, now });
    });
  }
}

async function addPeople(stores: Stores): Promise<Person[]> {
  const now = new Date();
  const hash = await createPasswordHasher({ parallel: 1, queue: 1 }).hash(PASSWORD);
  const groups = ['staff', 'chairs'].map((name) => ({ id: randomUUID(), name }));
  for (const group of groups) await stores.groups.add(group, now);

  return Promise.all(
    Array.from({ length: PEOPLE }, async (_, nth) => {
      const username = `person-${nth}`;
      const email = `${username}@example.org`;
      const user = aUser({ id: randomUUID(), username, email, createdAt: now });
      await stores.users.add(user, now);
      await stores.users.setPasswordHash(user.id, hash, now);
      const own = groups.slice(0, 1 + (nth % 2)).map(({ id }) => id);
      await stores.groups.setForUser(user.id, own);
      return { username, cookie: `roomkey=${await signInDirectly(stores, user.id)}` };
    }),
  );
}

async function signInDirectly(stores: Stores, userId: string): Promise<string> {
  const token = systemRandom.token();
  const facts = { id: randomUUID(), userId, methods: ['pwd'], remembered: false } as const;
  const session = buildSession(
    { ...facts, ip: '127.0.0.1', userAgent: 'bench' },
    new Date(),
    DEFAULT_SESSION_LIFETIMES,
  );
  await stores.sessions.add(session, tokenHash(token));
  return token;
}

/** People who are only there, each in a group and signed in once. */
async function addCrowd({ knex }: Database, count: number): Promise<void> {
  await knex.raw(
    `insert into users (id, username, display_name, email, created_at, updated_at, search)
     select gen_random_uuid(), 'crowd-' || n, 'Crowd ' || n, 'crowd-' || n || '@example.net',
       now(), now(), to_tsvector('simple', 'crowd ' || n || ' example net')
     from generate_series(1, ?::int) n`,
    [count],
  );
  await knex.raw(`
    insert into login_names (name_key, user_id)
    select username, id from users where username like 'crowd-%'
    union all select email, id from users where username like 'crowd-%';
    insert into group_members (group_id, user_id)
    select g.id, u.id from groups g, users u where g.name = 'staff' and username like 'crowd-%';
    insert into sessions (id, token_hash, user_id, methods, authenticated_at, created_at,
      last_seen_at, idle_expires_at, expires_at, remembered)
    select gen_random_uuid(), sha256(u.id::text::bytea), u.id, '{pwd}', now(), now(), now(),
      now() + interval '8 hours', now() + interval '1 day', false
    from users u where username like 'crowd-%';
    analyze`);
}
