/**
 * The bin: what is removed stays there for a week.
 *
 * An operation that removes something calls `moveToBin` in its own transaction, after its own
 * checks, and writes its own audit row. Putting back and emptying are the same for all kinds.
 *
 * @module
 */
import type { AuditType } from '../domain/audit-event.ts';
import { BIN_SECONDS, type BinConflict, type BinItem, type BinKind } from '../domain/bin.ts';
import type { Clock, Random } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import { mayManage, type Permission, USER_ROLES } from '../domain/permissions.ts';
import { isUuid } from '../domain/uuid.ts';
import type { Stores, StoresInTransaction } from '../stores/index.ts';
import type { Actor, Author } from './actor.ts';

/** What one must be allowed to write, to put a thing back or to forget it. */
export const BIN_PERMISSIONS: Readonly<Record<BinKind, Permission>> = {
  user: 'users:write',
  group: 'users:write',
  issuer: 'issuers:write',
};

const RESTORED: Readonly<Record<BinKind, AuditType>> = {
  user: 'user.restored',
  group: 'group.restored',
  issuer: 'issuer.restored',
};

export interface Removal {
  readonly tx: Pick<StoresInTransaction, 'bin'>;
  readonly now: Date;
  readonly random: Pick<Random, 'uuid'>;
  readonly actor: Actor;
}

/** Takes a thing that the transaction holds out of its tables. */
export async function moveToBin(
  { tx, now, random, actor }: Removal,
  thing: Pick<BinItem, 'kind' | 'objectId' | 'name'>,
): Promise<BinItem> {
  const item: BinItem = {
    ...thing,
    id: random.uuid(),
    removedAt: now,
    removedById: actor.actorId,
    removedByName: actor.actorName,
    expiresAt: new Date(now.getTime() + BIN_SECONDS * 1000),
  };
  await tx.bin.put(item);
  return item;
}

export interface BinDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
}

export interface BinInput extends Author {
  /** Of the item. */
  readonly id: string;
}

/**
 * Puts a thing back as it was.
 *
 * @throws {DomainError} `bin_item_not_found`, `permission_required`, `rights_too_high`,
 *   `restore_conflict`.
 */
export async function restoreFromBin(
  { stores, clock }: BinDeps,
  { id, permissions, actor }: BinInput,
): Promise<BinItem> {
  return stores.transaction(async (tx) => {
    // Whoever takes a name meanwhile holds it, too.
    await tx.lock('apply');
    const item = await holdItem(tx, { id, permissions }, clock.now());
    const conflicts = await tx.bin.conflicts(id);
    if (conflicts.length > 0) throw inTheWay(item, conflicts);

    await tx.bin.restore(id);
    await tx.catalogVersion.bump();
    await tx.auditEvents.add({
      at: clock.now(),
      type: RESTORED[item.kind],
      ...actor,
      ...targetOf(item),
    });
    return item;
  });
}

/**
 * Forgets one thing for good.
 *
 * @throws {DomainError} `bin_item_not_found`, `permission_required`, `rights_too_high`.
 */
export async function removeFromBin(
  { stores, clock }: BinDeps,
  { id, permissions, actor }: BinInput,
): Promise<void> {
  await stores.transaction(async (tx) => {
    const item = await holdItem(tx, { id, permissions }, clock.now());
    await tx.bin.remove(id);
    const what = { ...actor, ...targetOf(item) };
    await tx.auditEvents.add({ at: clock.now(), type: 'bin.emptied', ...what });
  });
}

/** Forgets all that the actor may; says how many things. */
export async function emptyBin(
  { stores, clock }: BinDeps,
  { permissions, actor }: Author,
): Promise<number> {
  const kinds = kindsFor(permissions);
  return stores.transaction(async (tx) => {
    const now = clock.now();
    const { items } = await tx.bin.list({ kinds, now, limit: MOST_AT_ONCE });
    let removed = 0;
    for (const { id, kind } of items) {
      if (kind === 'user' && !(await mayHandleUser(tx, id, permissions))) continue;
      if (await tx.bin.remove(id)) removed += 1;
    }
    if (removed > 0)
      await tx.auditEvents.add({
        at: now,
        type: 'bin.emptied',
        ...actor,
        details: { items: removed },
      });
    return removed;
  });
}

/** More wait for the next time. */
const MOST_AT_ONCE = 10_000;

/** The kinds whose removed things somebody of these permissions sees. */
export function kindsFor(permissions: readonly Permission[]): BinKind[] {
  const kinds = Object.keys(BIN_PERMISSIONS) as BinKind[];
  return kinds.filter((kind) => {
    const write = BIN_PERMISSIONS[kind];
    const read = write.replace(':write', ':read') as Permission;
    return permissions.includes(write) || permissions.includes(read);
  });
}

async function holdItem(
  tx: StoresInTransaction,
  { id, permissions }: Pick<BinInput, 'id' | 'permissions'>,
  now: Date,
): Promise<BinItem> {
  const item = isUuid(id) ? await tx.bin.hold(id) : undefined;
  if (!item || item.expiresAt <= now || !kindsFor(permissions).includes(item.kind))
    throw new DomainError('bin_item_not_found', undefined);

  const needed = BIN_PERMISSIONS[item.kind];
  if (!permissions.includes(needed))
    throw new DomainError('permission_required', { permission: needed });
  if (item.kind === 'user' && !(await mayHandleUser(tx, id, permissions)))
    throw new DomainError('rights_too_high', { name: item.name });
  return item;
}

/** Whoever put an administrator back would give rights they do not have. */
async function mayHandleUser(
  { bin }: Pick<StoresInTransaction, 'bin'>,
  id: string,
  permissions: readonly Permission[],
): Promise<boolean> {
  const role = await bin.columnOf(id, 'role');
  return mayManage(
    permissions,
    USER_ROLES.find((known) => known === role),
  );
}

function inTheWay({ name }: BinItem, conflicts: readonly BinConflict[]) {
  const [first] = conflicts;
  return new DomainError('restore_conflict', {
    name,
    taken: first?.name ?? name,
    takenBy: first?.takenBy ?? '',
  });
}

function targetOf({ kind, objectId, name }: BinItem) {
  return { targetType: kind, targetId: objectId, targetName: name };
}
