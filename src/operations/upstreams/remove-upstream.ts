import { diffOf } from '../../domain/audit-diff.ts';
import type { BinItem } from '../../domain/bin.ts';
import { describeUpstream } from '../../domain/config-file/upstream-entry.ts';
import { DomainError } from '../../domain/errors.ts';
import { checkExpected, type Expectation } from '../../domain/expectation.ts';
import type { Upstream } from '../../domain/upstreams/upstream.ts';
import type { Author } from '../actor.ts';
import { moveToBin } from '../bin.ts';
import { checkMayManage } from '../people/guard.ts';
import type { SaveUpstreamDeps } from './save-upstream.ts';

export interface RemoveUpstreamInput extends Author {
  readonly slug: string;
  readonly expected?: Expectation<Upstream> | undefined;
}

/**
 * Puts an upstream with what it knows of people into the bin. The people stay, and cannot sign in
 * by it any more. Another of the same name would be shown the passwords of those who do not know:
 * nobody removes one by which somebody signs in who may do more than they.
 *
 * @throws {DomainError} `upstream_not_found`, `changed_meanwhile`, `rights_too_high`.
 */
export async function removeUpstream(
  { stores, clock, random }: Omit<SaveUpstreamDeps, 'publicUrl'>,
  { slug, expected, actor, permissions }: RemoveUpstreamInput,
): Promise<BinItem> {
  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const now = clock.now();
    const upstream = await tx.upstreams.findBySlug(slug);
    if (!upstream) throw new DomainError('upstream_not_found', { slug });
    checkExpected(expected, upstream);

    const { id } = upstream;
    for (const person of await tx.identities.listManaging(id))
      checkMayManage({ permissions }, person);
    await tx.avatars.removeAll(id);
    const thing = { kind: 'upstream', objectId: id, name: slug } as const;
    const item = await moveToBin({ tx, now, random, actor }, thing);
    await tx.catalogVersion.bump();
    await tx.auditEvents.add({
      at: now,
      type: 'upstream.removed',
      ...actor,
      targetType: 'upstream',
      targetId: id,
      targetName: slug,
      details: { ...diffOf(describeUpstream(upstream), undefined) },
    });
    return item;
  });
}
