/**
 * What would come of an upstream's word: the person, and the decision about a room. Nothing is
 * written.
 *
 * @module
 */
import { sha256Hex } from '../../crypto/digest.ts';
import type { Clock } from '../../domain/clock.ts';
import { explainDecision } from '../../domain/explain/decision.ts';
import { canonicalRoom } from '../../domain/room.ts';
import type { CompiledUpstream } from '../../domain/upstreams/compile-upstream.ts';
import { mapAssertion } from '../../domain/upstreams/map-assertion.ts';
import type { TrialJudgement } from '../../domain/upstreams/trial.ts';
import type { Assertion } from '../../domain/upstreams/upstream.ts';
import { newLocalUser, type User } from '../../domain/user.ts';
import type { Stores } from '../../stores/index.ts';
import type { IssuerCatalog } from '../issuer-catalog.ts';
import { type PersonPlan, planPerson } from './plan-person.ts';

export interface JudgeDeps {
  readonly stores: Pick<Stores, 'transaction'>;
  readonly catalog: Pick<IssuerCatalog, 'current'>;
  readonly clock: Clock;
}

export interface JudgeInput {
  readonly compiled: CompiledUpstream;
  readonly assertion: Assertion;
  /** Slug. */
  readonly issuer: string;
  /** As people write it; empty when none is asked about. */
  readonly room: string;
}

/** Everybody who would be made has this id. */
const NOBODY_YET = '00000000-0000-4000-8000-000000000000';

export async function judgeAssertion(
  { stores, catalog, clock }: JudgeDeps,
  { compiled, assertion, issuer, room }: JudgeInput,
): Promise<TrialJudgement> {
  const plan = await stores.transaction((tx) => planPerson(tx, { compiled, assertion }));
  const mapped = mapAssertion(compiled, assertion, { sha256: sha256Hex });
  const now = clock.now();
  const person = personOf(plan, compiled, now);
  const live = catalog.current().bySlug.get(issuer);
  const mayEnter = person && !person.disabledAt && !assertion.disabled ? person : undefined;
  return {
    claims: assertion.claims,
    subject: assertion.subject,
    faults: mapped.faults,
    draft: mapped.ok ? mapped.draft : undefined,
    person: describe(plan, { assertion, person }),
    decision:
      mayEnter && live && room.trim() !== ''
        ? decide({ user: mayEnter, assertion, compiled, now }, live.compiled, room)
        : undefined,
  };
}

/** As they would be after the sign-in. */
function personOf(plan: PersonPlan, { upstream }: CompiledUpstream, now: Date): User | undefined {
  if (plan.kind === 'refused') return undefined;
  if (plan.kind !== 'create') return plan.after;
  const { draft, groups } = plan;
  const fresh = newLocalUser({ id: NOBODY_YET, username: draft.username, createdAt: now });
  return { ...fresh, ...draft, groups: groups.names, source: upstream.slug };
}

function describe(
  plan: PersonPlan,
  { assertion, person }: { readonly assertion: Assertion; readonly person: User | undefined },
): TrialJudgement['person'] {
  if (plan.kind === 'refused')
    return {
      outcome: 'refused',
      reason: plan.reason,
      username: plan.user?.username,
      about: plan.about,
    };
  const username = person?.username;
  if (assertion.disabled)
    return { outcome: 'refused', reason: 'disabled_there', username, about: [] };
  if (person?.disabledAt)
    return { outcome: 'refused', reason: 'disabled_here', username, about: [] };
  return { outcome: plan.kind, reason: undefined, username, about: [] };
}

interface Asking {
  readonly user: User;
  readonly assertion: Assertion;
  readonly compiled: CompiledUpstream;
  readonly now: Date;
}

function decide(
  { user, assertion, compiled, now }: Asking,
  issuer: Parameters<typeof explainDecision>[0],
  typed: string,
): NonNullable<TrialJudgement['decision']> {
  const { mfa } = assertion;
  const proof = compiled.upstream.type === 'oidc' ? 'oidc' : 'pwd';
  const room = canonicalRoom(encodeURIComponent(typed)).canonical;
  const { decision } = explainDecision(issuer, {
    user,
    room,
    tenant: undefined,
    now,
    auth: { methods: mfa ? [proof, 'mfa'] : [proof], mfa, ageSeconds: 0 },
    ip: undefined,
  });
  const reason = decision.outcome === 'allowed' ? decision.role : decision.reason;
  return { issuer: issuer.issuer.slug, room, outcome: decision.outcome, reason };
}
