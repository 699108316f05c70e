/**
 * A database of a house with many meeting servers.
 *
 * @module
 */
import { makeRsaKey, newKid } from '../src/crypto/rsa-key.ts';
import { createSecretBox } from '../src/crypto/secret-box.ts';
import { fillRing } from '../src/operations/issuer-keys.ts';
import { openDatabase } from '../src/stores/database/open.ts';
import { createStores, type Stores } from '../src/stores/index.ts';
import { anIssuer } from '../test/factories.ts';
import { JITSI_CLIENT, makeWorld, type World } from './world.ts';

export const MANY_REALMS = 200;

export interface ManyRealms {
  readonly world: World;
  readonly slugs: readonly string[];
}

export async function makeManyRealms(serverUrl: string, count: number): Promise<ManyRealms> {
  const world = await makeWorld(serverUrl, { name: 'bench_realms', users: 100 });
  const { DATABASE_URL: url, ROOMKEY_SECRET: secret } = world.settings;
  const database = await openDatabase({ url, poolMax: 2 });
  try {
    const stores = createStores(database, createSecretBox([Buffer.from(secret, 'hex')]));
    return { world, slugs: await addRealms(stores, count) };
  } finally {
    await database.close();
  }
}

/** Making keys takes long: they share theirs, under names of their own. */
async function addRealms(stores: Stores, count: number): Promise<string[]> {
  const now = new Date();
  const key = await makeRsaKey(2048);
  const slugs = Array.from({ length: count }, (_, nth) => `realm-${nth}`);
  for (const slug of slugs) {
    const iss = `https://auth.example.org/realms/${slug}`;
    const issuer = anIssuer({ slug, iss, clients: [JITSI_CLIENT], createdAt: now });
    await stores.transaction(async (tx) => {
      await tx.issuers.add(issuer, undefined, now);
      for (const ring of ['jitsi', 'oidc'] as const) {
        const keys = [
          { ...key, kid: newKid() },
          { ...key, kid: newKid() },
        ] as const;
        await fillRing(tx, { issuer, ring, keys, now });
      }
    });
  }
  return slugs;
}
