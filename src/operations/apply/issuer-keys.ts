/**
 * Keys for issuers that are about to be written: made before the transaction begins, because RSA
 * takes its time.
 *
 * @module
 */
import type { MakeRsaKey, RsaKey } from '../../crypto/rsa-key.ts';
import type { IssuerEntry } from '../../domain/config-file/schema.ts';
import { type Issuer, isHs } from '../../domain/issuer.ts';
import type { StoresInTransaction } from '../../stores/index.ts';
import { makeKeyPairFor } from '../issuer-keys.ts';

export interface KeysAtHand {
  /** Two keys for an RS issuer that has no active one, else nothing. */
  keysFor(
    tx: Pick<StoresInTransaction, 'signingKeys'>,
    issuer: Issuer,
  ): Promise<[RsaKey, RsaKey] | undefined>;
}

/** What became needed only since is made late, inside the transaction. */
export async function prepareKeys(
  stores: Pick<StoresInTransaction, 'issuers' | 'signingKeys'>,
  makeKey: MakeRsaKey,
  entries: readonly IssuerEntry[],
): Promise<KeysAtHand> {
  const pairs = new Map<string, [RsaKey, RsaKey]>();
  for (const { slug, algorithm = 'RS256', rsaBits = 2048 } of entries) {
    const current = await stores.issuers.findBySlug(slug);
    if (isHs(algorithm) || (current && !(await needsKeys(stores, { ...current, algorithm }))))
      continue;
    pairs.set(slug, await makeKeyPairFor({ rsaBits }, makeKey));
  }
  return {
    async keysFor(tx, issuer) {
      if (!(await needsKeys(tx, issuer))) return undefined;
      return pairs.get(issuer.slug) ?? makeKeyPairFor(issuer, makeKey);
    },
  };
}

async function needsKeys(
  { signingKeys }: Pick<StoresInTransaction, 'signingKeys'>,
  { id, algorithm }: Issuer,
): Promise<boolean> {
  if (isHs(algorithm)) return false;
  const keys = await signingKeys.listOf(id);
  return !keys.some(({ ring, stage }) => ring === 'jitsi' && stage === 'active');
}
