/**
 * Links between people and upstreams, made by the person who is signed in, taken away by them or by an
 * administrator.
 *
 * @module
 */
import type { Clock, Random } from '../../domain/clock.ts';
import { DomainError } from '../../domain/errors.ts';
import { maySignInLocally, SIGN_IN_SETTING } from '../../domain/sign-in-setting.ts';
import { ownedFields } from '../../domain/upstreams/owned-fields.ts';
import type { Assertion, Upstream } from '../../domain/upstreams/upstream.ts';
import type { User } from '../../domain/user.ts';
import type { Stores, StoresInTransaction } from '../../stores/index.ts';
import type { Actor, Author } from '../actor.ts';
import { holdUser, type UserRef } from '../people/find-user.ts';
import { checkMayManage } from '../people/guard.ts';
import { writeOwned } from '../people/update-user.ts';
import { recordOf } from '../user-changes.ts';
import { compiledOf } from './admit.ts';
import { type Ownership, ownershipsOf } from './ownership.ts';
import { upstreamActor, writePerson } from './write-person.ts';

export interface LinkDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
  readonly random: Pick<Random, 'uuid'>;
}

export interface LinkInput {
  /** Who is signed in, and proved so lately. */
  readonly userId: string;
  readonly upstream: Upstream;
  readonly assertion: Assertion;
  readonly ip: string | undefined;
  readonly requestId: string | undefined;
}

/**
 * From now on the upstream's word lets this person in. What it maps is written down at once.
 *
 * @throws {DomainError} `identity_taken`, `upstream_claims_unusable`, `upstream_name_taken`,
 *   `upstream_not_admitted`, `upstream_not_found`, `user_not_found`.
 */
export async function linkIdentity(
  { stores, clock, random }: LinkDeps,
  { userId, upstream, assertion, ip, requestId }: LinkInput,
): Promise<User> {
  const compiled = compiledOf(upstream);
  const { name } = upstream;
  if (assertion.disabled) throw new DomainError('upstream_not_admitted', { upstream: name });
  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const user = await tx.users.hold(userId);
    if (!user || user.disabledAt) throw new DomainError('user_not_found', { name: userId });
    const actor = {
      ...upstreamActor(upstream.slug, { ip, requestId }),
      actorId: user.id,
      actorName: user.username,
    };
    const change = { compiled, assertion, linkTo: user.id, now: clock.now(), random, actor };
    const written = await writePerson(tx, change);
    if (written.kind === 'written') return written.user;
    if (written.reason === 'claims_unusable') {
      const paths = written.faults.map(({ path }) => path).join(', ');
      throw new DomainError('upstream_claims_unusable', { upstream: name, paths });
    }
    if (written.reason === 'name_taken') {
      const [taken = ''] = written.about;
      throw new DomainError('upstream_name_taken', { upstream: name, name: taken });
    }
    throw new DomainError('identity_taken', undefined);
  });
}

export interface UnlinkInput {
  /** Slug. */
  readonly upstream: string;
}

/**
 * Takes a link away, as an administrator does. What the upstream gave goes with it; whoever came from
 * it is a person of ours from now on, who needs another way in.
 *
 * @throws {DomainError} `user_not_found`, `rights_too_high`, `identity_not_found`.
 */
export async function unlinkIdentity(
  { stores, clock }: Omit<LinkDeps, 'random'>,
  { who, upstream, actor, permissions }: Author & UnlinkInput & { readonly who: UserRef },
): Promise<User> {
  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const user = await holdUser(tx, who);
    checkMayManage({ permissions }, user);
    const after = await unlink(tx, user, { upstream, actor, now: clock.now() });
    // What the upstream let in does not go on.
    await tx.sessions.endAllOfUser(user.id);
    return after;
  });
}

export interface UnlinkOwnInput extends UnlinkInput {
  readonly userId: string;
  /** That goes on. */
  readonly sessionId: string | undefined;
  readonly actor: Actor;
}

/**
 * The same, by the person: one way in must be left.
 *
 * @throws {DomainError} `last_way_in`, `identity_not_found`, `user_not_found`.
 */
export async function unlinkOwn(
  { stores, clock }: Omit<LinkDeps, 'random'>,
  { userId, sessionId, upstream, actor }: UnlinkOwnInput,
): Promise<User> {
  return stores.transaction(async (tx) => {
    await tx.lock('apply');
    const user = await tx.users.hold(userId);
    if (!user) throw new DomainError('user_not_found', { name: userId });
    const others = (await ownershipsOf(tx, user)).filter(
      (one) => one.upstream.slug !== upstream && !one.upstream.disabled,
    );
    const isPasswordOne =
      (await tx.users.findPasswordHash(user.id)) !== undefined &&
      maySignInLocally(user, await tx.settings.find(SIGN_IN_SETTING));
    if (others.length === 0 && !isPasswordOne) throw new DomainError('last_way_in', undefined);
    const after = await unlink(tx, user, { upstream, actor, now: clock.now() });
    await tx.sessions.endAllOfUser(user.id, sessionId);
    return after;
  });
}

interface Unlinking extends UnlinkInput {
  readonly actor: Actor;
  readonly now: Date;
}

async function unlink(
  tx: StoresInTransaction,
  user: User,
  { upstream: slug, actor, now }: Unlinking,
): Promise<User> {
  const one = (await ownershipsOf(tx, user)).find(({ upstream }) => upstream.slug === slug);
  if (!one) throw new DomainError('identity_not_found', { upstream: slug });
  const change = { tx, now, actor };
  const after = withoutUpstream(user, one);
  await tx.identities.remove(one.identity);
  const left = new Set(after.groups);
  const groupIds = (await tx.groups.list()).flatMap(({ id, name }) => (left.has(name) ? [id] : []));
  await writeOwned(change, { before: user, after, groupIds });
  await recordOf(change, 'user.unlinked', after, { upstream: slug });
  return after;
}

function withoutUpstream(user: User, { upstream, groups }: Ownership): User {
  const given = new Set(groups);
  const isFromHere = user.source === upstream.slug;
  const { owns, fields } = ownedFields(upstream, user);
  const attributes = Object.entries(user.attributes).filter(([name]) => !owns.attribute(name));
  return {
    ...user,
    source: isFromHere ? 'local' : user.source,
    avatarUrl: fields.has('avatarUrl') ? undefined : user.avatarUrl,
    attributes: Object.fromEntries(attributes),
    groups: user.groups.filter((name) => !given.has(name)),
  };
}
