/**
 * People of a directory's list, as a sync finds or writes them.
 *
 * @module
 */
import type { Clock, Random } from '../../domain/clock.ts';
import { compareFields } from '../../domain/config-file/change.ts';
import { fromUser } from '../../domain/config-file/user-entry.ts';
import { isDomainError } from '../../domain/errors.ts';
import { keepsPictures } from '../../domain/upstreams/owned-fields.ts';
import type { CompiledUpstream } from '../../domain/upstreams/compile-upstream.ts';
import type { SyncNote } from '../../domain/upstreams/sync.ts';
import type { Assertion } from '../../domain/upstreams/upstream.ts';
import type { User } from '../../domain/user.ts';
import type { Identity } from '../../stores/identities.ts';
import type { Stores, StoresInTransaction } from '../../stores/index.ts';
import type { Actor } from '../actor.ts';
import { keepAdministrator } from '../people/guard.ts';
import { letIn, shutOut } from '../user-changes.ts';
import { type FoundPicture, findPicture } from './keep-picture.ts';
import { type PersonPlan, planPerson } from './plan-person.ts';
import { lookingTogether } from './plan-together.ts';
import { carryOut } from './write-person.ts';

export interface PeopleDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly clock: Clock;
  readonly random: Pick<Random, 'token' | 'uuid'>;
  readonly publicUrl: () => URL;
}

export interface PeopleInput {
  readonly compiled: CompiledUpstream;
  readonly people: readonly Assertion[];
  readonly actor: Actor;
}

type Refused = Extract<PersonPlan, { kind: 'refused' }>;
type Taken = Exclude<PersonPlan, Refused>;

/** What would come of them. */
export async function planPeople(
  deps: PeopleDeps,
  { compiled, people }: PeopleInput,
): Promise<readonly SyncNote[]> {
  return deps.stores.transaction(async (tx) => {
    const together = lookingTogether(tx, compiled.upstream.id);
    const pictures = new Map<Assertion, FoundPicture | undefined>();
    for (const one of people) pictures.set(one, await pictureOf(tx, deps, compiled, one));
    const noteOne = async (assertion: Assertion): Promise<readonly SyncNote[]> => {
      const picture = pictures.get(assertion);
      const plan = await planPerson(together, { compiled, assertion, picture });
      if (plan.kind === 'refused') return [noteRefusal(plan, assertion)];
      const turn = turnOf(compiled, assertion, plan);
      const more = turn && { outcome: turn, name: nameIn(plan), ...whyOf(turn) };
      return [noteTaken(plan), ...(more ? [more] : [])];
    };
    return (await Promise.all(people.map(noteOne))).flat();
  });
}

/** Together in one transaction; when one of them cannot be written, each in one of their own. */
export async function applyPeople(
  deps: PeopleDeps,
  input: PeopleInput,
): Promise<readonly SyncNote[]> {
  const write = (people: readonly Assertion[]) =>
    deps.stores.transaction(async (tx) => {
      await tx.lock('apply');
      const same = await writeSame(tx, deps, { ...input, people });
      const notes: SyncNote[] = [];
      for (const assertion of people) {
        const note = same.get(assertion);
        notes.push(...(note ? [note] : await applyPerson(tx, deps, input, assertion)));
      }
      return notes;
    });
  try {
    return await write(input.people);
  } catch (error) {
    if (!isDomainError(error)) throw error;
    if (input.people.length > 1) {
      const notes: SyncNote[] = [];
      for (const one of input.people)
        notes.push(...(await applyPeople(deps, { ...input, people: [one] })));
      return notes;
    }
    const name = input.people[0]?.subject ?? '';
    return [{ outcome: 'unusable', name, why: error.code }];
  }
}

/** Those of whom nothing changed: most of them, each time but the first. */
async function writeSame(
  tx: StoresInTransaction,
  { clock }: PeopleDeps,
  { compiled, people }: PeopleInput,
): Promise<ReadonlyMap<Assertion, SyncNote>> {
  const { upstream } = compiled;
  const same = new Map<Assertion, SyncNote>();
  if (people.length === 1 || keepsPictures(upstream)) return same;
  const together = lookingTogether(tx, upstream.id);
  const look = async (assertion: Assertion) => {
    const plan = await planPerson(together, { compiled, assertion });
    if (plan.kind === 'keep' && !turnOf(compiled, assertion, plan))
      same.set(assertion, noteTaken(plan));
  };
  await Promise.all(people.filter(({ disabled }) => !disabled).map(look));
  const subjects = [...same.keys()].map(({ subject }) => subject);
  if (subjects.length > 0) await tx.identities.sawAll(upstream.id, subjects, clock.now());
  return same;
}

/** Only those of the directory itself: what lies at other addresses waits for a sign-in. */
function pictureOf(
  tx: StoresInTransaction,
  { clock, random, publicUrl }: PeopleDeps,
  compiled: CompiledUpstream,
  assertion: Assertion,
): Promise<FoundPicture | undefined> {
  return findPicture({ stores: tx, clock, random, publicUrl }, compiled, assertion);
}

async function applyPerson(
  tx: StoresInTransaction,
  deps: PeopleDeps,
  { compiled, actor }: PeopleInput,
  assertion: Assertion,
): Promise<readonly SyncNote[]> {
  const { clock, random } = deps;
  const picture = await pictureOf(tx, deps, compiled, assertion);
  const plan = await planPerson(tx, { compiled, assertion, picture });
  if (plan.kind === 'refused') return [noteRefusal(plan, assertion)];
  const now = clock.now();
  const written = await carryOut(tx, plan, { compiled, assertion, now, random, actor });
  if (written.kind === 'refused') return [noteRefusal(written, assertion)];

  const { user, identity } = written;
  if (user.source === compiled.upstream.slug) await picture?.write(tx);
  const notes: SyncNote[] = [noteTaken(plan)];
  const turn = turnOf(compiled, assertion, plan);
  if (turn === 'enabled') await letIn({ tx, now, actor }, user);
  if (turn === 'disabled' && (await isLastAdministrator(tx, user, now)))
    return [...notes, { outcome: 'kept', name: user.username, why: 'last_administrator' }];
  if (turn === 'disabled') await shutOutKept(tx, { user, identity, actor, now });
  // Who was shut out by a sync, and still is, is known as such.
  const before = 'identity' in plan ? plan.identity.missingSince : undefined;
  if (!turn && assertion.disabled && before)
    await tx.identities.update({ ...identity, missingSince: before });
  return turn ? [...notes, { outcome: turn, name: user.username, ...whyOf(turn) }] : notes;
}

/**
 * Whom a sync shut out has the very instant of it in two places; whoever was shut out by an
 * administrator has not, and stays out.
 */
export async function shutOutKept(
  tx: StoresInTransaction,
  { user, identity, actor, now }: ShutOut,
): Promise<void> {
  await shutOut({ tx, now, actor }, user);
  await tx.identities.update({ ...identity, missingSince: now });
}

/** Only in a transaction that holds the lock `apply`. */
export async function isLastAdministrator(
  tx: Pick<StoresInTransaction, 'users'>,
  user: User,
  now: Date,
): Promise<boolean> {
  try {
    await keepAdministrator(tx, user, { ...user, disabledAt: now });
    return false;
  } catch (error) {
    if (isDomainError(error) && error.code === 'last_administrator') return true;
    throw error;
  }
}

export interface ShutOut {
  readonly user: User;
  readonly identity: Identity;
  readonly actor: Actor;
  readonly now: Date;
}

/** Whether the directory's word opens or shuts an account that is the directory's. */
function turnOf(
  { upstream }: CompiledUpstream,
  { disabled }: Assertion,
  plan: Taken,
): 'enabled' | 'disabled' | undefined {
  if (plan.kind === 'create' || plan.before.source !== upstream.slug) return undefined;
  const { disabledAt } = plan.before;
  if (disabled) return disabledAt ? undefined : 'disabled';
  const missingSince = 'identity' in plan ? plan.identity.missingSince : undefined;
  return disabledAt && disabledAt.getTime() === missingSince?.getTime() ? 'enabled' : undefined;
}

const OUTCOMES = { create: 'created', link: 'linked', change: 'changed', keep: 'same' } as const;

function whyOf(turn: 'enabled' | 'disabled') {
  return turn === 'disabled' ? { why: 'disabled_there' } : {};
}

function nameIn(plan: Taken): string {
  return plan.kind === 'create' ? plan.draft.username : plan.after.username;
}

function noteTaken(plan: Taken): SyncNote {
  const note = { outcome: OUTCOMES[plan.kind], name: nameIn(plan) };
  if (plan.kind === 'create' || plan.kind === 'keep') return note;
  const about = compareFields(fromUser(plan.before), fromUser(plan.after)).map(
    ({ field }) => field,
  );
  return { ...note, about };
}

function noteRefusal(plan: Refused, { subject, claims }: Assertion): SyncNote {
  const { reason, user, about, faults } = plan;
  const { dn } = claims;
  const isStranger = reason === 'not_admitted' || reason === 'disabled_there';
  return {
    outcome: isStranger ? 'not_admitted' : 'unusable',
    name: user?.username ?? (typeof dn === 'string' ? dn : subject),
    why: reason,
    about: [...about, ...faults.map(({ path }) => path)],
  };
}
