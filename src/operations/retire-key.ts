import { DomainError } from '../domain/errors.ts';
import { timesOfKey } from '../domain/key-timeline.ts';
import type { Actor } from './actor.ts';
import { findIssuerWith, type KeyDeps, writeDown } from './issuer-keys.ts';

export interface RetireKeyInput {
  readonly slug: string;
  readonly kid: string;
  /** Though tokens it signed may still be on their way: those people are sent away. */
  readonly force: boolean;
  readonly actor: Actor;
}

/**
 * Takes a key that signs no more out of what we serve. One that is retired already stays so.
 *
 * @throws {DomainError} `issuer_not_found`, `key_not_found`, `key_needed`, `key_in_use`.
 */
export async function retireKey(
  { stores, clock }: KeyDeps,
  { slug, kid, force, actor }: RetireKeyInput,
): Promise<void> {
  await stores.transaction(async (tx) => {
    const now = clock.now();
    const issuer = await findIssuerWith(tx, slug, 'oidc');
    // Both rings of an issuer are held by its row.
    await tx.signingKeys.lockRing(issuer.id, 'jitsi');
    const keys = await tx.signingKeys.listOf(issuer.id);
    const key = keys.find((one) => one.kid === kid);
    if (!key) throw new DomainError('key_not_found', { kid });
    if (key.stage === 'retired') return;
    if (key.stage !== 'published') throw new DomainError('key_needed', { kid });

    const standing = await tx.issuers.findStanding(issuer.id);
    const { longestTokenTtlSeconds } = standing ?? { longestTokenTtlSeconds: 0 };
    const { safeToRetireAt: safeAt } = timesOfKey(key, { longestTokenTtlSeconds, now });
    const isInUse = safeAt !== undefined && now < safeAt;
    if (isInUse && !force) throw new DomainError('key_in_use', { kid, safeAt });
    await tx.signingKeys.retire(kid, now);
    const change = { before: { stage: key.stage }, after: { stage: 'retired' } };
    const details = { ...change, ...(isInUse && { forced: true }) };
    await writeDown(tx, { type: 'key.retired', issuer, kid, actor, now, details });
  });
}
