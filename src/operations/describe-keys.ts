import type { Clock } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import type { Issuer } from '../domain/issuer.ts';
import { type KeyTimes, nextRotationAt, timesOfKey } from '../domain/key-timeline.ts';
import type { SigningKeyStage } from '../domain/signing-key.ts';
import type { StoresInTransaction } from '../stores/index.ts';

export interface KeyReport {
  readonly issuer: Issuer;
  /** By their stage, then newest first; none for an issuer with a shared secret. */
  readonly keys: readonly KeyTimes[];
  readonly nextRotationAt: Date | undefined;
}

const STAGES: readonly SigningKeyStage[] = ['next', 'active', 'published', 'retired'];

/** @throws {DomainError} `issuer_not_found`. */
export async function describeKeys(
  deps: {
    readonly stores: Pick<StoresInTransaction, 'issuers' | 'signingKeys'>;
    readonly clock: Clock;
  },
  slug: string,
): Promise<KeyReport> {
  const { issuers, signingKeys } = deps.stores;
  const issuer = await issuers.findBySlug(slug);
  const standing = issuer && (await issuers.findStanding(issuer.id));
  if (!issuer || !standing) throw new DomainError('issuer_not_found', { slug });
  const all = await signingKeys.listOf(issuer.id);
  const ring = all.filter((key) => key.ring === 'jitsi');
  const { longestTokenTtlSeconds } = standing;
  const now = deps.clock.now();
  return {
    issuer,
    keys: ring
      .toSorted((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage))
      .map((key) => timesOfKey(key, { longestTokenTtlSeconds, now })),
    nextRotationAt: nextRotationAt(issuer, ring),
  };
}
