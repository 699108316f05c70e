/**
 * What a change of rules does to everybody, before it is saved: who would be let in or shut out, and
 * who would moderate or no longer.
 *
 * Everybody is asked in batches, so that memory does not grow with the number of people; between
 * them, and within costly ones, others get their turn.
 *
 * @module
 */
import { setImmediate as otherWork } from 'node:timers/promises';
import type { Clock } from '../domain/clock.ts';
import { type Decision, decide } from '../domain/decide.ts';
import {
  type ChangedPerson,
  type ChangeList,
  type Impact,
  eachChange,
  type RoleChange,
} from '../domain/explain/impact.ts';
import type { Role } from '../domain/feature.ts';
import { roomNamed } from '../domain/room.ts';
import type { AuthFacts } from '../domain/rules/facts.ts';
import { canonicalTenant } from '../domain/tenant.ts';
import type { User } from '../domain/user.ts';
import type { Stores } from '../stores/index.ts';
import { findLive, JUST_SIGNED_IN } from './explain.ts';
import type { IssuerCatalog } from './issuer-catalog.ts';
import { compileDraft } from './issuer-draft.ts';
import type { IssuerFields } from './save-issuer.ts';

export interface ImpactDeps {
  readonly stores: Pick<Stores, 'ruleSubjects'>;
  readonly catalog: Pick<IssuerCatalog, 'refresh'>;
  readonly clock: Clock;
}

export interface ImpactInput {
  /** Slug. */
  readonly issuer: string;
  /** By the names of the configuration file, put over what the issuer has. */
  readonly draft: IssuerFields;
  readonly room: string;
  readonly tenant?: string | undefined;
  /** Taken for everybody's; without one, rules that read it fail. */
  readonly ip?: string | undefined;
  /** Taken for everybody's; default: has just signed in with a password. */
  readonly auth?: AuthFacts | undefined;
  /** Goes on with one list behind this id. */
  readonly more?: { readonly change: RoleChange; readonly after: string } | undefined;
  /** Default: ten seconds. */
  readonly budgetMilliseconds?: number | undefined;
}

const BATCH = 500;
const LISTED = 100;
const DEFAULT_BUDGET_MILLISECONDS = 10_000;
/** How long others wait for their turn. */
const TURN_MILLISECONDS = 10;

/**
 * @throws {DomainError} `issuer_not_found`, `room_missing`, `room_invalid`, `tenant_invalid`,
 *   `input_invalid` (the draft has mistakes).
 */
export async function impactOfRules(deps: ImpactDeps, input: ImpactInput): Promise<Impact> {
  const { clock, catalog } = deps;
  const start = clock.now();
  const { compiled: current } = findLive(await catalog.refresh(), input.issuer);
  const draft = compileDraft(current, input.draft);
  const { canonical: room } = roomNamed(input.room);
  const facts = {
    room,
    tenant: input.tenant === undefined ? undefined : canonicalTenant(input.tenant),
    now: start,
    auth: input.auth ?? JUST_SIGNED_IN,
    ip: input.ip,
  };
  const compare = (user: User): Pair => ({
    before: decide(current, { ...facts, user }),
    after: decide(draft, { ...facts, user }),
  });
  const deadline = start.getTime() + (input.budgetMilliseconds ?? DEFAULT_BUDGET_MILLISECONDS);
  return { room, ...(await walk(deps, { compare, deadline, more: input.more })) };
}

interface Pair {
  readonly before: Decision;
  readonly after: Decision;
}

interface Walk {
  readonly compare: (user: User) => Pair;
  readonly deadline: number;
  readonly more: ImpactInput['more'];
}

async function walk(
  { stores, clock }: Pick<ImpactDeps, 'stores' | 'clock'>,
  { compare, deadline, more }: Walk,
): Promise<Omit<Impact, 'room'>> {
  const tally = newTally(more?.change);
  let after = more?.after;
  let turnEnds = clock.now().getTime() + TURN_MILLISECONDS;

  for (;;) {
    const batch = await stores.ruleSubjects.walk({ after, limit: BATCH });
    for (const user of batch) {
      tally.add(user, compare(user));
      const now = clock.now().getTime();
      if (now >= deadline) return tally.end('out_of_time');
      if (now < turnEnds) continue;
      await otherWork();
      turnEnds = clock.now().getTime() + TURN_MILLISECONDS;
    }
    if (batch.length < BATCH) return tally.end('everybody');
    if (tally.isFull()) return tally.end('list_full');
    after = batch.at(-1)?.id;
  }
}

/** @param only The one list that is wanted; everything otherwise. */
function newTally(only: RoleChange | undefined) {
  const lists = eachChange(() => ({ count: 0, people: [] as ChangedPerson[] }));
  const standings = { before: { allowed: 0, moderators: 0 }, after: { allowed: 0, moderators: 0 } };
  let examined = 0;
  let addressWanted = 0;

  return {
    add(user: User, { before, after }: Pair): void {
      examined += 1;
      if (wantsAddress(before) || wantsAddress(after)) addressWanted += 1;
      const [was, is] = [roleOf(before), roleOf(after)];
      count(standings.before, was);
      count(standings.after, is);
      const change = changeOf(was, is);
      const list = change && lists[change];
      if (!list || (only !== undefined && only !== change)) return;
      list.count += 1;
      const { id, username, displayName } = user;
      // One more than is shown tells that there are more.
      if (list.people.length <= LISTED)
        list.people.push({ id, username, displayName, before: was, after: is });
    },
    isFull: () => only !== undefined && lists[only].people.length > LISTED,
    end(why: 'everybody' | 'list_full' | 'out_of_time'): Omit<Impact, 'room'> {
      const changes = eachChange((change): ChangeList => {
        const { count: total, people } = lists[change];
        const shown = people.slice(0, LISTED);
        const next = people.length > LISTED ? shown.at(-1)?.id : undefined;
        return { count: total, people: shown, next };
      });
      return {
        examined,
        addressWanted,
        complete: why !== 'out_of_time',
        ...standings,
        changes,
      };
    },
  };
}

function roleOf(decision: Decision): Role | 'denied' {
  return decision.outcome === 'allowed' ? decision.role : 'denied';
}

function wantsAddress(decision: Decision): boolean {
  return decision.outcome === 'denied' && decision.reason === 'address_unknown';
}

function count(standings: { allowed: number; moderators: number }, role: Role | 'denied'): void {
  if (role !== 'denied') standings.allowed += 1;
  if (role === 'moderator') standings.moderators += 1;
}

function changeOf(before: Role | 'denied', after: Role | 'denied'): RoleChange | undefined {
  if (before === after) return undefined;
  if (before === 'denied') return 'let_in';
  if (after === 'denied') return 'shut_out';
  return after === 'moderator' ? 'becomes_moderator' : 'loses_moderator';
}
