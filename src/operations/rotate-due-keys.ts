import { nextRotationAt } from '../domain/key-timeline.ts';
import type { KeyRing } from '../domain/signing-key.ts';
import type { StoresInTransaction } from '../stores/index.ts';
import { SYSTEM } from './actor.ts';
import {
  findIssuerWith,
  promoteNext,
  type RotateKeysDeps,
  rotationOf,
  writeDown,
} from './issuer-keys.ts';

/**
 * Rotates the keys of every issuer whose schedule says so. Several processes may try at once: the
 * issuer's row is locked, and what is due is asked again behind the lock. Gives the slugs.
 */
export async function rotateDueKeys({ stores, clock, makeKey }: RotateKeysDeps): Promise<string[]> {
  const rotated: string[] = [];
  const rings = (await stores.issuers.list()).flatMap(({ id, slug }) => [
    { id, slug, name: 'jitsi' as const },
    { id, slug, name: 'oidc' as const },
  ]);
  for (const { id, slug, name } of rings) {
    if (!(await isRotationDue(stores, { slug, name, now: clock.now() }))) continue;
    const issuer = await findIssuerWith(stores, slug, name);
    const made = await makeKey(issuer.rsaBits);
    const isDone = await stores.transaction(async (tx) => {
      const now = clock.now();
      const ring = await tx.signingKeys.lockRing(id, name);
      const next = ring.find(({ stage }) => stage === 'next');
      if (!next || !(await isRotationDue(tx, { slug, name, now }))) return false;
      await promoteNext(tx, ring, { issuer, made, now });
      const { keyRotationDays } = issuer;
      const details = { ...rotationOf(ring, made), keyRotationDays };
      await writeDown(tx, {
        type: 'key.rotated',
        issuer,
        kid: next.kid,
        actor: SYSTEM,
        now,
        details,
      });
      return true;
    });
    if (isDone) rotated.push(slug);
  }
  return rotated;
}

async function isRotationDue(
  { issuers, signingKeys }: Pick<StoresInTransaction, 'issuers' | 'signingKeys'>,
  { slug, name, now }: { slug: string; name: KeyRing; now: Date },
): Promise<boolean> {
  const issuer = await issuers.findBySlug(slug);
  if (issuer?.keyRotationDays === undefined) return false;
  const keys = await signingKeys.listOf(issuer.id);
  const at = nextRotationAt(
    issuer,
    keys.filter(({ ring }) => ring === name),
  );
  return at !== undefined && at <= now;
}
