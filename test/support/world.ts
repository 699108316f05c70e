/**
 * A small world on a real database: issuers with keys, people with groups, and the judge.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';
import { createPasswordHasher } from '../../src/crypto/password.ts';
import { prosodyCrypto } from '../../src/crypto/prosody-signatures.ts';
import { systemRandom } from '../../src/crypto/random.ts';
import { makeRsaKey, newKid, type RsaKey } from '../../src/crypto/rsa-key.ts';
import type { Issuer } from '../../src/domain/issuer.ts';
import { isHs } from '../../src/domain/issuer.ts';
import { hostWithKeyServer, hostWithSecret } from '../../src/domain/prosody/presets.ts';
import { verifyAsProsody } from '../../src/domain/prosody/verify.ts';
import { canonicalRoom } from '../../src/domain/room.ts';
import type { User } from '../../src/domain/user.ts';
import { createIssuerCatalog, type IssuerCatalog } from '../../src/operations/issuer-catalog.ts';
import { ensureIssuerKeys, makeKeyPairFor } from '../../src/operations/issuer-keys.ts';
import { anIssuer, aUser, movableClock } from '../factories.ts';
import { testStores } from './stores.ts';

/** Of everybody in tests. */
export const PASSWORD = 'a long enough passphrase';
export const HS_SECRET = 'a secret that is long enough for every HS algorithm, 64 bytes ok';

export async function testWorld() {
  const base = await testStores();
  const { stores } = base;
  const clock = movableClock();
  const catalog = await createIssuerCatalog(stores);

  return {
    ...base,
    clock,
    random: systemRandom,
    makeKey: makeTestKey,
    catalog,

    /** Stores an issuer, with keys or secret, and makes the catalog know it. */
    async addIssuer(overrides: Partial<Issuer> = {}): Promise<Issuer> {
      const issuer = anIssuer(overrides);
      const hs = isHs(issuer.algorithm);
      const keys = await makeKeyPairFor(issuer, makeTestKey);
      await stores.transaction(async (tx) => {
        await tx.issuers.add(issuer, hs ? HS_SECRET : undefined, clock.now());
        await ensureIssuerKeys(tx, { issuer, keys, now: clock.now() });
        await tx.catalogVersion.bump();
      });
      await catalog.refresh();
      return issuer;
    },

    /** Stores a person, and the groups that do not exist yet. */
    async addUser(overrides: Partial<User> = {}): Promise<User> {
      const user = aUser({
        id: randomUUID(),
        username: `user-${randomUUID().slice(0, 8)}`,
        email: undefined,
        groups: [],
        ...overrides,
      });
      await stores.users.add(user, clock.now());
      for (const name of user.groups)
        if (!(await stores.groups.list()).some((group) => group.name === name))
          await stores.groups.add({ id: randomUUID(), name }, clock.now());
      const groups = await stores.groups.list();
      const ids = groups.filter(({ name }) => user.groups.includes(name)).map(({ id }) => id);
      await stores.groups.setForUser(user.id, ids);
      return user;
    },

    /** Gives a person `PASSWORD`. */
    async givePassword(user: User): Promise<void> {
      passwordHash ??= createPasswordHasher({ parallel: 1, queue: 1 }).hash(PASSWORD);
      await stores.users.setPasswordHash(user.id, await passwordHash, clock.now());
    },

    /** What the issuer's Prosody, set up as our integration page says, makes of a token. */
    judge(issuer: Issuer, token: string, room: string, tenant?: string) {
      return judge(catalog, { issuer, token, room, tenant, now: clock.now() });
    },
  };
}

let madeOnce: Promise<RsaKey[]> | undefined;
let turn = 0;

/** Real keys, a few of them over and over, each time under a new kid: making one takes long. */
async function makeTestKey(): Promise<RsaKey> {
  madeOnce ??= Promise.all([1, 2, 3, 4].map(() => makeRsaKey(2048)));
  const made = (await madeOnce)[turn++ % 4];
  if (!made) throw new Error('four keys');
  return { ...made, kid: newKid() };
}

let passwordHash: Promise<string> | undefined;

interface Case {
  readonly issuer: Issuer;
  readonly token: string;
  readonly room: string;
  readonly tenant?: string | undefined;
  readonly now: Date;
}

function judge(catalog: IssuerCatalog, { issuer, token, room, tenant, now }: Case) {
  const files = catalog.current().bySlug.get(issuer.slug)?.asapFiles;
  const { iss, appId: aud } = issuer;
  const host = isHs(issuer.algorithm)
    ? hostWithSecret({ iss, aud, appSecret: HS_SECRET, algorithm: issuer.algorithm })
    : hostWithKeyServer({
        iss,
        aud,
        algorithm: issuer.algorithm,
        asapKeyServer: (file) => {
          const body = files?.get(file);
          return body ? { status: 200, body: body.toString() } : { status: 404, body: 'no' };
        },
      });
  const join = { room: canonicalRoom(room).safe, ...(tenant === undefined ? {} : { tenant }) };
  return verifyAsProsody({ token, host, join, now, crypto: prosodyCrypto });
}
