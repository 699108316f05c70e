/**
 * What an upstream's word for a person would come to here. Reads only: whoever looks first, a dry
 * run or a test of the upstream, sees what a sign-in would do.
 *
 * A person is (upstream, subject), never an e-mail address: only to the accounts of our own, and only
 * from an upstream that is trusted, does a verified address lead.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util';
import { sha256Hex } from '../../crypto/digest.ts';
import { fromUser } from '../../domain/config-file/user-entry.ts';
import { maySignInLocally, SIGN_IN_SETTING } from '../../domain/sign-in-setting.ts';
import type { CompiledUpstream } from '../../domain/upstreams/compile-upstream.ts';
import {
  mapAssertion,
  mayBeCreated,
  type MappingFault,
  type PersonDraft,
} from '../../domain/upstreams/map-assertion.ts';
import { keepsPictures, ownedFields } from '../../domain/upstreams/owned-fields.ts';
import type { Assertion, Upstream } from '../../domain/upstreams/upstream.ts';
import { isSameMailbox, verifiedEmail } from '../../domain/upstreams/verified-email.ts';
import { loginKey, type User } from '../../domain/user.ts';
import type { Identity } from '../../stores/identities.ts';
import type { StoresInTransaction } from '../../stores/index.ts';
import { type GroupPlan, planGroups } from './plan-groups.ts';

export interface PersonInput {
  readonly compiled: CompiledUpstream;
  readonly assertion: Assertion;
  /** Where the picture is shown, if there is one. Without it what is kept stays. */
  readonly picture?: { readonly url: string | undefined } | undefined;
  /** The person who is signed in and wants to be known by this upstream. */
  readonly linkTo?: string | undefined;
}

export type PersonRefusal =
  /** Disabled in the directory, and unknown here. */
  | 'disabled_there'
  | 'claims_unusable'
  | 'not_admitted'
  | 'name_taken'
  /** Of a linking: somebody else has this identity, or the person another. */
  | 'identity_taken';

interface Refused {
  readonly kind: 'refused';
  readonly reason: PersonRefusal;
  readonly user: User | undefined;
  /** What is taken, or could not be used. */
  readonly about: readonly string[];
  readonly faults: readonly MappingFault[];
}

interface Written {
  readonly draft: PersonDraft;
  readonly groups: GroupPlan;
  /** What could not be used of the claims. */
  readonly faults: readonly MappingFault[];
}

export type PersonPlan =
  | Refused
  | (Written & { readonly kind: 'create' })
  | (Written & { readonly kind: 'link'; readonly before: User; readonly after: User })
  | (Written & {
      readonly kind: 'change' | 'keep';
      readonly identity: Identity;
      readonly before: User;
      readonly after: User;
    });

export type PlanStores = Pick<StoresInTransaction, 'groups' | 'identities' | 'settings' | 'users'>;

/** In a transaction that holds the lock `apply`, the plan stays true until it ends. */
export async function planPerson(tx: PlanStores, input: PersonInput): Promise<PersonPlan> {
  const { compiled, assertion, linkTo } = input;
  const { upstream } = compiled;
  const identity = await tx.identities.find(upstream.id, assertion.subject);
  const known = identity && (await tx.users.hold(identity.userId));
  if (linkTo !== undefined && known && known.id !== linkTo) return refuse('identity_taken', known);

  const mapped = mapAssertion(compiled, assertion, { sha256: sha256Hex });
  if (!mapped.ok) return { ...refuse('claims_unusable', known), faults: mapped.faults };
  const unseen = keepsPictures(upstream) ? known?.avatarUrl : mapped.draft.avatarUrl;
  const draft = { ...mapped.draft, avatarUrl: input.picture ? input.picture.url : unseen };
  const { faults } = mapped;

  if (identity && known) {
    const groups = await planGroups(tx, draft.groups, { user: known, granted: identity });
    const after = overwritten(known, { compiled, draft, groups });
    const taken = await takenNames(tx, after, known);
    if (taken.length > 0) return { ...refuse('name_taken', known), about: taken };
    const kind = isChange(known, after, { identity, groups }) ? 'change' : 'keep';
    return { kind, identity, before: known, after, draft, groups, faults };
  }

  const own = await accountOf(tx, { ...input, draft });
  if (own) {
    const isOthers = await hasOther(tx, own, upstream.id);
    if (isOthers && linkTo !== undefined) return refuse('identity_taken', own);
    if (isOthers || (linkTo === undefined && (await linksByHand(tx, own, upstream))))
      return { ...refuse('name_taken', undefined), about: [own.email ?? own.username] };
    const groups = await planGroups(tx, draft.groups, { user: own, granted: undefined });
    const after = overwritten(own, { compiled, draft, groups });
    return { kind: 'link', before: own, after, draft, groups, faults };
  }
  if (assertion.disabled) return refuse('disabled_there', undefined);
  const admitted = mayBeCreated(compiled, assertion, { sha256: sha256Hex });
  if (!('value' in admitted) || !admitted.value) return refuse('not_admitted', undefined);
  const taken = await takenNames(tx, draft, undefined);
  if (taken.length > 0) return { ...refuse('name_taken', undefined), about: taken };
  const groups = await planGroups(tx, draft.groups, undefined);
  return { kind: 'create', draft, groups, faults };
}

function refuse(reason: PersonRefusal, user: User | undefined): Refused {
  return { kind: 'refused', reason, user, about: [], faults: [] };
}

/** The account that is to be linked: the one signed in, or that of a verified address. */
async function accountOf(
  { users }: PlanStores,
  { compiled, assertion, linkTo, draft }: PersonInput & { readonly draft: PersonDraft },
): Promise<User | undefined> {
  if (linkTo !== undefined) return users.hold(linkTo);
  const { upstream } = compiled;
  const email = upstream.trusted ? verifiedEmail(upstream, assertion, draft.email) : undefined;
  if (email === undefined) return undefined;
  const found = await users.findByLoginName(email);
  const user = found && (await users.hold(found.user.id));
  // Another directory's people have the addresses it gives them, whoever they are. And whoever may
  // administer links by hand: an address must not be enough.
  if (!user || user.source !== 'local' || user.role !== undefined) return undefined;
  return isSameMailbox(user.email ?? '', email) ? user : undefined;
}

/**
 * Who has a password here, and can link the account with it, does that: then the provider's word
 * alone opens nothing. A directory that is trusted is the operator's own, and a sync links by it.
 */
async function linksByHand(
  { users, settings }: PlanStores,
  user: User,
  { type }: Pick<Upstream, 'type'>,
): Promise<boolean> {
  if (type !== 'oidc' || (await users.findPasswordHash(user.id)) === undefined) return false;
  return maySignInLocally(user, await settings.find(SIGN_IN_SETTING));
}

async function hasOther(
  { identities }: PlanStores,
  { id }: Pick<User, 'id'>,
  upstreamId: string,
): Promise<boolean> {
  return (await identities.listOfUser(id)).some((one) => one.upstreamId === upstreamId);
}

/** The person with all that the upstream owns of them as it says now. */
function overwritten(
  user: User,
  plan: Pick<Written, 'draft' | 'groups'> & { readonly compiled: CompiledUpstream },
): User {
  const { compiled, draft, groups } = plan;
  const { fields, owns } = ownedFields(compiled.upstream, user);
  const others = Object.entries(user.attributes).filter(([name]) => !owns.attribute(name));
  return {
    ...user,
    username: fields.has('username') ? draft.username : user.username,
    displayName: fields.has('displayName') ? draft.displayName : user.displayName,
    email: fields.has('email') ? draft.email : user.email,
    avatarUrl: fields.has('avatarUrl') ? draft.avatarUrl : user.avatarUrl,
    attributes: { ...Object.fromEntries(others), ...draft.attributes },
    groups: groups.names,
  };
}

function isChange(
  before: User,
  after: User,
  { identity, groups }: { readonly identity: Identity; readonly groups: GroupPlan },
): boolean {
  const granted = new Set(groups.granted.map(({ id }) => id));
  const same =
    identity.grantedGroups.length === granted.size &&
    identity.grantedGroups.every((id) => granted.has(id));
  return !same || !isDeepStrictEqual(fromUser(before), fromUser(after));
}

/** Those of the person's login names that are another's. */
async function takenNames(
  { users }: PlanStores,
  { username, email }: Pick<User, 'username' | 'email'>,
  self: User | undefined,
): Promise<readonly string[]> {
  const names = [username, ...(email === undefined ? [] : [email])];
  const found = await users.findByKeys(names.map(loginKey));
  return names.filter((name) => {
    const owner = found.get(loginKey(name));
    return owner !== undefined && owner.user.id !== self?.id;
  });
}
