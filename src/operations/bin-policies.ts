/**
 * Room policies in the bin. They are part of their issuer, so they are put back as a change of it:
 * checked again, because what an issuer is decides what its rules may read.
 *
 * @module
 */
import { diffOf } from '../domain/audit-diff.ts';
import type { BinConflict, BinItem, KeptPolicy } from '../domain/bin.ts';
import { describeIssuer, fromIssuer, toIssuer } from '../domain/config-file/issuer-entry.ts';
import { readIssuer, toIssue } from '../domain/config-file/read-issuer.ts';
import { DomainError } from '../domain/errors.ts';
import type { Issuer } from '../domain/issuer.ts';
import { changePolicies, formerPlace, lostPolicies } from '../domain/room-policies.ts';
import type { Stores, StoresInTransaction } from '../stores/index.ts';
import type { Actor } from './actor.ts';
import { newBinItem, type Removal } from './bin-item.ts';

/** Keeps the policies that the same transaction takes out of their issuer, one or all at once. */
export async function movePoliciesToBin(
  removal: Removal,
  before: Issuer,
  after: Issuer,
): Promise<void> {
  const { rooms = [] } = fromIssuer(before);
  const order = rooms.map(({ match }) => match);
  for (const policy of lostPolicies(rooms, fromIssuer(after).rooms ?? [])) {
    const name = `${before.slug} / ${policy.match}`;
    const item = newBinItem(removal, { kind: 'room_policy', objectId: before.id, name });
    await removal.tx.bin.keepPolicy(item, { issuer: before.slug, policy, order });
  }
}

/** Its issuer may be gone, or have another policy for these rooms. */
export async function conflictsOfPolicy(
  stores: Pick<Stores, 'bin' | 'issuers'>,
  item: Pick<BinItem, 'id' | 'objectId'>,
): Promise<readonly BinConflict[]> {
  const kept = await stores.bin.policyOf(item.id);
  const issuer = await findIssuer(stores, item, kept);
  if (!issuer) return [{ name: kept.issuer, takenBy: undefined }];
  const { match } = kept.policy;
  const isTaken = issuer.rooms.some((room) => room.match === match);
  return isTaken ? [{ name: match, takenBy: issuer.name }] : [];
}

/**
 * To where it stood; see `conflictsOfPolicy` first.
 *
 * @throws {DomainError} `input_invalid` when the issuer takes its rules no more.
 */
export async function restorePolicy(
  tx: StoresInTransaction,
  item: BinItem,
  { now, actor }: { readonly now: Date; readonly actor: Actor },
): Promise<void> {
  const kept = await tx.bin.policyOf(item.id);
  const before = await findIssuer(tx, item, kept);
  if (!before) throw new DomainError('issuer_not_found', { slug: kept.issuer });

  const entry = fromIssuer(before);
  const { rooms = [] } = entry;
  const current = rooms.map(({ match }) => match);
  const position = formerPlace(kept.policy.match, kept.order, current);
  const changed = changePolicies(rooms, { kind: 'add', policy: kept.policy, position });
  const { placed, mistakes } = readIssuer({ ...entry, rooms: changed });
  if (!placed || mistakes.length > 0)
    throw new DomainError('input_invalid', { issues: mistakes.map(toIssue) });

  const after = toIssuer(placed.entry, before);
  await tx.issuers.update(after, undefined, now);
  await tx.bin.remove(item.id);
  await tx.auditEvents.add({
    at: now,
    type: 'issuer.updated',
    ...actor,
    targetType: 'issuer',
    targetId: before.id,
    targetName: before.slug,
    issuerId: before.id,
    details: {
      restored: kept.policy.match,
      ...diffOf(describeIssuer(before), describeIssuer(after)),
    },
  });
}

async function findIssuer(
  { issuers }: Pick<Stores, 'issuers'>,
  { objectId }: Pick<BinItem, 'objectId'>,
  { issuer: slug }: KeptPolicy,
): Promise<Issuer | undefined> {
  const issuer = await issuers.findBySlug(slug);
  return issuer?.id === objectId ? issuer : undefined;
}
