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

interface OwnedThing {
  readonly kind: 'fields' | 'groups' | 'attributes';
  readonly name: string;
  readonly upstream: Upstream;
}

function listOwned(ownerships: readonly Ownership[], user: User): readonly OwnedThing[] {
  return ownerships.flatMap(({ upstream, groups }) => {
    const { fields, owns } = ownedFields(upstream, user);
    const password = upstream.slug === user.source ? ['password'] : [];
    const attributes = Object.keys(user.attributes).filter((name) => owns.attribute(name));
    const names = { fields: [...fields, ...password], groups, attributes };
    return (['fields', 'groups', 'attributes'] as const).flatMap((kind) =>
      names[kind].map((name) => ({ kind, name, upstream })),
    );
  });
}

export function showOwnership(ownerships: readonly Ownership[], user: User): ShownOwnership {
  const things = listOwned(ownerships, user);
  const of = (kind: OwnedThing['kind']) =>
    named(things.filter((one) => one.kind === kind).map((one) => [one.name, one.upstream.name]));
  return { fields: of('fields'), groups: of('groups'), attributes: of('attributes') };
}

/** `email`, `attributes.site`, `groups.staff` → slug of the upstream. */
export function ownedPaths(
  ownerships: readonly Ownership[],
  user: User,
): Readonly<Record<string, string>> {
  return named(
    listOwned(ownerships, user).map(({ kind, name, upstream: { slug } }) => [
      kind === 'fields' ? name : `${kind}.${name}`,
      slug,
    ]),
  );
}

/** Without a prototype: a group may be called `constructor`. */
function named(entries: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  const record: Record<string, string> = Object.create(null);
  return Object.assign(record, Object.fromEntries(entries));
}
