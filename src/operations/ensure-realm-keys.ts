import type { MakeRsaKey } from '../crypto/rsa-key.ts';
import type { Clock } from '../domain/clock.ts';
import type { Stores } from '../stores/index.ts';
import type { IssuerCatalog, LiveIssuer } from './issuer-catalog.ts';
import { fillRing, makeKeyPairFor } from './issuer-keys.ts';

export interface EnsureRealmKeysDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly catalog: IssuerCatalog;
  readonly clock: Clock;
  readonly makeKey: MakeRsaKey;
}

/** Keys being made, by the id of their issuer: whoever comes meanwhile waits for the same ones. */
const making = new Map<string, Promise<void>>();

/**
 * Gives a realm the keys of its OpenID side when it is used for the first time. Several processes
 * may try at once: the issuer's row is locked, and one pair wins.
 *
 * `undefined` when the issuer is gone meanwhile.
 */
export async function ensureRealmKeys(
  deps: EnsureRealmKeysDeps,
  live: LiveIssuer,
): Promise<LiveIssuer | undefined> {
  if (live.realm.keys) return live;
  const { id, slug } = live.issuer;
  const made = making.get(id) ?? makeKeys(deps, live).finally(() => making.delete(id));
  making.set(id, made);
  await made;
  return deps.catalog.current().bySlug.get(slug);
}

async function makeKeys(
  { stores, catalog, clock, makeKey }: EnsureRealmKeysDeps,
  { issuer }: LiveIssuer,
): Promise<void> {
  const keys = await makeKeyPairFor(issuer, makeKey);
  await stores.transaction(async (tx) => {
    // Gone meanwhile: a key would have nothing to belong to.
    if (!(await tx.issuers.findBySlug(issuer.slug))) return;
    await fillRing(tx, { issuer, ring: 'oidc', keys, now: clock.now() });
  });
  await catalog.refresh();
}
