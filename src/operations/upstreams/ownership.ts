/**
 * What of a person belongs to the upstreams that know them: written at each sign-in, and by nobody
 * else. What an upstream gave, only its removal sets free.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import { DomainError } from '../../domain/errors.ts';
import { ownedFields, type ShownOwnership } from '../../domain/upstreams/owned-fields.ts';
import type { Upstream } from '../../domain/upstreams/upstream.ts';
import type { User } from '../../domain/user.ts';
import type { Identity } from '../../stores/identities.ts';
import type { StoresInTransaction } from '../../stores/index.ts';

export interface Ownership {
  readonly upstream: Upstream;
  readonly identity: Identity;
  /** Names of the groups it granted. */
  readonly groups: readonly string[];
}

type OwnershipStores = Pick<StoresInTransaction, 'groups' | 'identities' | 'upstreams'>;

/** Oldest first. */
export async function ownershipsOf(
  tx: OwnershipStores,
  { id }: Pick<User, 'id'>,
): Promise<readonly Ownership[]> {
  const identities = await tx.identities.listOfUser(id);
  if (identities.length === 0) return [];
  const upstreams = new Map((await tx.upstreams.list()).map((one) => [one.id, one]));
  const granted = new Set(identities.flatMap(({ grantedGroups }) => grantedGroups));
  const groups = granted.size === 0 ? [] : await tx.groups.list();
  return identities.flatMap((identity) => {
    const upstream = upstreams.get(identity.upstreamId);
    if (!upstream) return [];
    const own = groups.filter((group) => identity.grantedGroups.includes(group.id));
    return [{ upstream, identity, groups: own.map(({ name }) => name) }];
  });
}

export interface OwnedChange {
  readonly upstream: Upstream;
  /** `email`, `attributes.site`, `groups.staff`. */
  readonly fields: readonly string[];
}

/** The first upstream whose own a change would touch. */
export function findOwnedChange(
  ownerships: readonly Ownership[],
  before: User,
  after: User,
): OwnedChange | undefined {
  for (const { upstream, groups } of ownerships) {
    const { fields, owns } = ownedFields(upstream, before);
    const names = new Set([...Object.keys(before.attributes), ...Object.keys(after.attributes)]);
    const attributes = [...names].filter(
      (name) =>
        owns.attribute(name) && !isDeepStrictEqual(before.attributes[name], after.attributes[name]),
    );
    const kept = new Set(after.groups);
    const changed = [
      ...[...fields].filter((field) => before[field] !== after[field]),
      ...attributes.map((name) => `attributes.${name}`),
      ...groups
        .filter((name) => before.groups.includes(name) && !kept.has(name))
        .map((name) => `groups.${name}`),
    ];
    if (changed.length > 0) return { upstream, fields: changed };
  }
  return undefined;
}

/** @throws {DomainError} `field_owned_by_upstream`. */
export async function checkOwned(tx: OwnershipStores, before: User, after: User): Promise<void> {
  const found = findOwnedChange(await ownershipsOf(tx, before), before, after);
  if (found) throw ownedError(found);
}

/**
 * Whoever comes from an upstream signs in there and has no password here.
 *
 * @throws {DomainError} `field_owned_by_upstream`.
 */
export async function checkOwnPassword(tx: OwnershipStores, user: User): Promise<void> {
  if (user.source === 'local') return;
  const from = (await ownershipsOf(tx, user)).find(({ upstream }) => upstream.slug === user.source);
  if (from) throw ownedError({ upstream: from.upstream, fields: ['password'] });
}

function ownedError({ upstream, fields }: OwnedChange): DomainError {
  return new DomainError('field_owned_by_upstream', {
    upstream: upstream.name,
    fields: fields.join(', '),
  });
}

export function showOwnership(ownerships: readonly Ownership[], user: User): ShownOwnership {
  const fields: [string, string][] = [];
  const groups: [string, string][] = [];
  const attributes: [string, string][] = [];
  for (const one of ownerships) {
    const { name, slug } = one.upstream;
    const owned = ownedFields(one.upstream, user);
    for (const field of owned.fields) fields.push([field, name]);
    if (slug === user.source) fields.push(['password', name]);
    for (const group of one.groups) groups.push([group, name]);
    for (const attribute of Object.keys(user.attributes))
      if (owned.owns.attribute(attribute)) attributes.push([attribute, name]);
  }
  return {
    fields: Object.fromEntries(fields),
    groups: named(groups),
    attributes: named(attributes),
  };
}

/** Without a prototype: a group may be called `constructor`. */
function named(entries: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  const record: Record<string, string> = Object.create(null);
  return Object.assign(record, Object.fromEntries(entries));
}
