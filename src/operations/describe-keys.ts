import type { Clock } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import type { Issuer } from '../domain/issuer.ts';
import { type KeyTimes, nextRotationAt, timesOfKey } from '../domain/key-timeline.ts';
import type { KeyRing, SigningKeyStage } from '../domain/signing-key.ts';
import type { StoresInTransaction } from '../stores/index.ts';

export interface RingReport {
  /** By their stage, then newest first. */
  readonly keys: readonly KeyTimes[];
  readonly nextRotationAt: Date | undefined;
}

export interface KeyReport {
  readonly issuer: Issuer;
  /** Those of Jitsi tokens; none with a shared secret. */
  readonly jitsi: RingReport;
  /** Those of ID tokens and of access tokens for applications; none before the first is used. */
  readonly oidc: RingReport;
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
  const { longestTokenTtlSeconds } = standing;
  const now = deps.clock.now();
  const reportOn = (name: KeyRing): RingReport => {
    const ring = all.filter((key) => key.ring === name);
    return {
      keys: ring
        .toSorted((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage))
        .map((key) => timesOfKey(key, { longestTokenTtlSeconds, now })),
      nextRotationAt: nextRotationAt(issuer, ring),
    };
  };
  return { issuer, jitsi: reportOn('jitsi'), oidc: reportOn('oidc') };
}
