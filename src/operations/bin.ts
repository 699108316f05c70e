/**
 * The bin: what is removed stays there for a week.
 *
 * An operation that removes something calls `moveToBin` in its own transaction, after its own
 * checks, and writes its own audit row. Putting back and emptying are the same for all kinds.
 *
 * @module
 */
import type { AuditType } from '../domain/audit-event.ts';
import {
  BIN_KINDS,
  type BinConflict,
  type BinItem,
  type BinKind,
  type BinRowKind,
} from '../domain/bin.ts';
import type { Clock } from '../domain/clock.ts';
import { DomainError } from '../domain/errors.ts';
import { mayManage, type Permission, USER_ROLES } from '../domain/permissions.ts';
import { isUuid } from '../domain/uuid.ts';
import type { Stores, StoresInTransaction } from '../stores/index.ts';
import type { Actor, Author } from './actor.ts';
import { restoreClient, targetOfClient } from './bin-clients.ts';
import { newBinItem, type Removal } from './bin-item.ts';
import { conflictsOfPolicy, restorePolicy } from './bin-policies.ts';

/** What one must be allowed to write, to put a thing back or to forget it. */
export const BIN_PERMISSIONS: Readonly<Record<BinKind, Permission>> = {
  user: 'users:write',
  group: 'users:write',
  issuer: 'issuers:write',
  client: 'issuers:write',
  room_policy: 'issuers:write',
  upstream: 'upstreams:write',
};

const RESTORED: Readonly<Record<Exclude<BinRowKind, 'client'>, AuditType>> = {
  user: 'user.restored',
  group: 'group.restored',
  issuer: 'issuer.restored',
  upstream: 'upstream.restored',
};

/** Takes a thing that the transaction holds out of its tables. */
export async function moveToBin(
  removal: Removal,
  thing: Pick<BinItem, 'objectId' | 'name'> & { readonly kind: BinRowKind },
): Promise<BinItem> {
  const item = newBinItem(removal, thing);
  await removal.tx.bin.put(item);
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
 *   `restore_conflict`, `restore_homeless`; `input_invalid` for a room policy or a client that its issuer
 *   takes no more.
 */
export async function restoreFromBin(
  { stores, clock }: BinDeps,
  { id, permissions, actor }: BinInput,
): Promise<BinItem> {
  return stores.transaction(async (tx) => {
    // Whoever takes a name meanwhile holds it, too.
    await tx.lock('apply');
    const item = await holdItem(tx, { id, permissions }, clock.now());
    const conflicts = await conflictsOf(tx, item);
    if (conflicts.length > 0) throw inTheWay(item, conflicts);

    await putBack(tx, item, { now: clock.now(), actor });
    await tx.catalogVersion.bump();
    return item;
  });
}

/** What putting it back would run into now. */
export async function conflictsOf(
  stores: Pick<Stores, 'bin' | 'issuers'>,
  item: Pick<BinItem, 'id' | 'kind' | 'objectId'>,
): Promise<readonly BinConflict[]> {
  return item.kind === 'room_policy'
    ? conflictsOfPolicy(stores, item)
    : stores.bin.conflicts(item.id);
}

async function putBack(
  tx: StoresInTransaction,
  item: BinItem,
  how: { readonly now: Date; readonly actor: Actor },
): Promise<void> {
  if (item.kind === 'room_policy') return restorePolicy(tx, item, how);
  if (item.kind === 'client') return restoreClient(tx, item, how);
  await tx.bin.restore(item.id);
  const type = RESTORED[item.kind];
  await tx.auditEvents.add({ at: how.now, type, ...how.actor, ...targetOf(item) });
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
    const target = item.kind === 'client' ? await targetOfClient(tx, item) : targetOf(item);
    await tx.bin.remove(id);
    const what = { ...actor, ...target };
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
    const removed: BinItem[] = [];
    for (const item of items) {
      if (item.kind === 'user' && !(await mayHandleUser(tx, item.id, permissions))) continue;
      if (await tx.bin.remove(item.id)) removed.push(item);
    }
    for (let start = 0; start < removed.length; start += NAMES_IN_A_ROW) {
      const details = namesByKind(removed.slice(start, start + NAMES_IN_A_ROW));
      await tx.auditEvents.add({ at: now, type: 'bin.emptied', ...actor, details });
    }
    return removed.length;
  });
}

/** More wait for the next time. */
const MOST_AT_ONCE = 10_000;

/** Of the audit log: what one can still read. */
const NAMES_IN_A_ROW = 100;

/** `{ user: ['ada', 'eve'], issuer: ['main'] }` */
function namesByKind(items: readonly BinItem[]): Readonly<Record<string, readonly string[]>> {
  const kinds = BIN_KINDS.filter((kind) => items.some((item) => item.kind === kind));
  const namesOf = (kind: BinKind) =>
    items.filter((item) => item.kind === kind).map(({ name }) => name);
  return Object.fromEntries(kinds.map((kind) => [kind, namesOf(kind)]));
}

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
  const [first = { name, takenBy: '' }] = conflicts;
  const { name: taken, takenBy } = first;
  return takenBy === undefined
    ? new DomainError('restore_homeless', { name, missing: taken })
    : new DomainError('restore_conflict', { name, taken, takenBy });
}

function targetOf({ kind, objectId, name }: BinItem) {
  return { targetType: kind, targetId: objectId, targetName: name };
}
