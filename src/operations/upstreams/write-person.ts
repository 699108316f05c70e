/**
 * Writes down what an upstream says of a person, with all that goes with it. Signing in and the
 * directory's sync both do it by this, in a transaction of their own that holds the lock `apply`.
 *
 * @module
 */
import type { Random } from '../../domain/clock.ts';
import { newLocalUser, type User } from '../../domain/user.ts';
import type { Identity } from '../../stores/identities.ts';
import type { Actor } from '../actor.ts';
import { noteGroup } from '../people/groups.ts';
import { writeOwned } from '../people/update-user.ts';
import { addPerson, recordOf, type UserChange } from '../user-changes.ts';
import { type PersonInput, type PersonPlan, type PlanStores, planPerson } from './plan-person.ts';

export interface WritePersonInput extends PersonInput {
  readonly now: Date;
  readonly random: Pick<Random, 'uuid'>;
  /** See `upstreamActor`. */
  readonly actor: Actor;
}

export type WrittenPerson =
  | Extract<PersonPlan, { kind: 'refused' }>
  | {
      readonly kind: 'written';
      readonly outcome: 'created' | 'linked' | 'changed' | 'unchanged';
      readonly user: User;
      readonly identity: Identity;
    };

/** Whoever does what an upstream says. */
export function upstreamActor(slug: string, request: Pick<Actor, 'ip' | 'requestId'> = {}): Actor {
  return { ...request, actorName: `upstream:${slug}` };
}

/** Disabled people are written too, and stay disabled: whoever lets people in looks at that. */
export async function writePerson(
  tx: UserChange['tx'] & PlanStores,
  input: WritePersonInput,
): Promise<WrittenPerson> {
  return carryOut(tx, await planPerson(tx, input), input);
}

/** The plan must have been made in this very transaction. */
export async function carryOut(
  tx: UserChange['tx'],
  plan: PersonPlan,
  input: WritePersonInput,
): Promise<WrittenPerson> {
  if (plan.kind === 'refused') return plan;
  const { now, actor, compiled, assertion } = input;
  const { id: upstreamId, slug } = compiled.upstream;
  const change: UserChange = { tx, now, actor };
  const seen = { upstreamId, subject: assertion.subject, lastSeenAt: now, missingSince: undefined };

  if (plan.kind === 'keep') {
    const identity = { ...plan.identity, ...seen };
    await tx.identities.update(identity);
    return { kind: 'written', outcome: 'unchanged', user: plan.before, identity };
  }

  const added = await addGroups(change, plan.groups.missing, input.random);
  const groupIds = [...plan.groups.existing.map(({ id }) => id), ...added];
  const grantedGroups = [...plan.groups.granted.map(({ id }) => id), ...added];

  if (plan.kind === 'create') {
    const user = newPerson(plan, { id: input.random.uuid(), slug, now });
    await addPerson(change, { user, groupIds, passwordHash: undefined });
    const identity = { ...seen, userId: user.id, grantedGroups, linked: false, createdAt: now };
    await tx.identities.add(identity);
    return { kind: 'written', outcome: 'created', user, identity };
  }

  const { before, after } = plan;
  const user = await writeOwned(change, { before, after, groupIds });
  if (plan.kind === 'link') {
    const identity = { ...seen, userId: user.id, grantedGroups, linked: true, createdAt: now };
    await tx.identities.add(identity);
    const details = { upstream: slug, subject: assertion.subject };
    await recordOf(change, 'user.linked', user, details);
    return { kind: 'written', outcome: 'linked', user, identity };
  }
  const identity = { ...plan.identity, ...seen, grantedGroups };
  await tx.identities.update(identity);
  return { kind: 'written', outcome: 'changed', user, identity };
}

function newPerson(
  { draft, groups }: Extract<PersonPlan, { kind: 'create' }>,
  { id, slug, now }: { readonly id: string; readonly slug: string; readonly now: Date },
): User {
  const { username, displayName, email, avatarUrl, attributes } = draft;
  return {
    ...newLocalUser({ id, username, createdAt: now }),
    displayName,
    email,
    avatarUrl,
    attributes,
    groups: groups.names,
    source: slug,
  };
}

/** Ids of the groups made. */
async function addGroups(
  { tx, now, actor }: UserChange,
  names: readonly string[],
  random: Pick<Random, 'uuid'>,
): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const name of names) {
    const group = { id: random.uuid(), name };
    await tx.groups.add(group, now);
    const details = { after: { name } };
    await noteGroup(tx, { type: 'group.created', group, actor, at: now, details });
    ids.push(group.id);
  }
  return ids;
}
