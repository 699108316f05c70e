import { diffOf } from '../domain/audit-diff.ts';
import { describeIssuer } from '../domain/config-file/issuer-entry.ts';
import type { BinItem } from '../domain/bin.ts';
import type { Clock, Random } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import { checkExpected, type Expectation } from '../domain/expectation.ts';
import type { Issuer } from '../domain/issuer.ts';
import type { Stores } from '../stores/index.ts';
import type { Actor } from './actor.ts';
import { moveToBin } from './bin.ts';

export interface RemoveIssuerDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
  readonly random: Pick<Random, 'uuid'>;
}

export interface RemoveIssuerInput {
  readonly slug: string;
  readonly expected?: Expectation<Issuer> | undefined;
  readonly actor: Actor;
}

/**
 * Puts an issuer with its room policies and keys into the bin: nobody gets a token of it, and its
 * keys are served no more. Put back, it goes on with the same keys and the same secret.
 *
 * @throws {DomainError} `issuer_not_found`, `changed_meanwhile`.
 */
export async function removeIssuer(
  { stores, clock, random }: RemoveIssuerDeps,
  { slug, expected, actor }: RemoveIssuerInput,
): Promise<BinItem> {
  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const now = clock.now();
    const issuer = await tx.issuers.findBySlug(slug);
    if (!issuer) throw new DomainError('issuer_not_found', { slug });
    checkExpected(expected, issuer);

    const { id } = issuer;
    const thing = { kind: 'issuer', objectId: id, name: slug } as const;
    const item = await moveToBin({ tx, now, random, actor }, thing);
    await tx.catalogVersion.bump();
    await tx.auditEvents.add({
      at: now,
      type: 'issuer.removed',
      ...actor,
      targetType: 'issuer',
      targetId: id,
      targetName: slug,
      issuerId: id,
      details: { ...diffOf(describeIssuer(issuer), undefined) },
    });
    return item;
  });
}
