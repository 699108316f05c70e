/**
 * Lets a person in whom an upstream vouches for.
 *
 * @module
 */
import { sha256Hex } from '../../crypto/digest.ts';
import type { Clock, Random } from '../../domain/clock.ts';
import { DomainError, isDomainError } from '../../domain/errors.ts';
import type { AuthMethod, Session, SessionLifetimes } from '../../domain/session.ts';
import { type CompiledUpstream, compileUpstream } from '../../domain/upstreams/compile-upstream.ts';
import { mayBeCreated } from '../../domain/upstreams/map-assertion.ts';
import { keepsPictures } from '../../domain/upstreams/owned-fields.ts';
import type { Assertion, Upstream } from '../../domain/upstreams/upstream.ts';
import type { User } from '../../domain/user.ts';
import type { Stores } from '../../stores/index.ts';
import { type StartedSession, startSession } from '../start-session.ts';
import { type FoundPicture, findPicture, type KeepPictureDeps } from './keep-picture.ts';
import { type PersonPlan, type PersonRefusal, planPerson } from './plan-person.ts';
import { carryOut, upstreamActor } from './write-person.ts';

export interface AdmitDeps extends KeepPictureDeps {
  readonly stores: Pick<Stores, 'auditEvents' | 'avatars' | 'identities' | 'transaction' | 'users'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly lifetimes: SessionLifetimes;
}

export interface AdmitInput {
  readonly upstream: Upstream;
  readonly assertion: Assertion;
  /** How the person proved there who they are: `oidc`, or `pwd` of a directory's password. */
  readonly methods: readonly AuthMethod[];
  readonly remember: boolean;
  /** Of the cookie the browser sent: that sign-in ends, whoever's it was. */
  readonly previousToken: string | undefined;
  /** Of this browser: goes on when it is the same person's, who was asked to prove it anew. */
  readonly renews?: Session | undefined;
  /** `undefined` when the address cannot be believed. */
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
  readonly requestId: string | undefined;
}

export interface Admitted extends StartedSession {
  readonly user: User;
}

/**
 * Turns an upstream's word into a sign-in: whoever is known is brought up to date, whoever is not gets
 * an account when the upstream's rule says so. Disabled stays disabled, here as there.
 *
 * @throws {DomainError} `upstream_not_admitted`, `upstream_name_taken`, `upstream_claims_unusable`,
 *   `upstream_not_found`; `login_failed` for whom a password does not let in.
 */
export async function admit(deps: AdmitDeps, input: AdmitInput): Promise<Admitted> {
  const compiled = compiledOf(input.upstream);
  const picture = await pictureOf(deps, compiled, input.assertion);
  const result = await onceAgain(async () => {
    // Most often nothing changed: then nobody waits for anybody.
    const quick = await attempt(deps, { ...input, compiled, picture, lock: 'none' });
    return quick ?? (await attempt(deps, { ...input, compiled, picture, lock: 'apply' }));
  });
  if (result && 'session' in result) return result;
  const refusal = result ?? NOBODY;
  await noteRefusal(deps, input, refusal);
  throw errorOf(input.upstream, refusal);
}

type Refusal =
  | Extract<PersonPlan, { kind: 'refused' }>
  | { readonly kind: 'disabled'; readonly user: User | undefined };
const NOBODY: Refusal = { kind: 'disabled', user: undefined };

interface Attempt extends AdmitInput {
  readonly compiled: CompiledUpstream;
  readonly picture: FoundPicture | undefined;
  /** Without the lock nothing of a person is written. */
  readonly lock: 'none' | 'apply';
}

/** `undefined`: there is something to write, and no lock. */
async function attempt(
  { stores, clock, random, lifetimes }: AdmitDeps,
  input: Attempt,
): Promise<Admitted | Refusal | undefined> {
  const { compiled, assertion, upstream, picture, ip, requestId } = input;
  return stores.transaction(async (tx): Promise<Admitted | Refusal | undefined> => {
    if (input.lock === 'apply') await tx.lock('apply');
    const plan = await planPerson(tx, { compiled, assertion, picture });
    if (plan.kind === 'refused') return plan;
    const before = plan.kind === 'create' ? undefined : plan.before;
    if (assertion.disabled || before?.disabledAt) return { kind: 'disabled', user: before };
    if (input.lock === 'none' && plan.kind !== 'keep') return undefined;

    const actor = upstreamActor(upstream.slug, { ip, requestId });
    const change = { compiled, assertion, now: clock.now(), random, actor };
    const written = await carryOut(tx, plan, change);
    if (written.kind === 'refused') return written;
    const { user } = written;
    if (user.source === upstream.slug) await picture?.write(tx);
    const session = { ...input, user, upstream: upstream.slug };
    const started = await startSession({ stores: tx, clock, random, lifetimes }, session);
    return { ...started, user };
  });
}

/** Nobody's who is not let in, or has a picture of their own: the network is not asked for them. */
async function pictureOf(
  deps: AdmitDeps,
  compiled: CompiledUpstream,
  assertion: Assertion,
): Promise<FoundPicture | undefined> {
  const { upstream } = compiled;
  if (!keepsPictures(upstream) || assertion.disabled) return undefined;
  const { identities, users } = deps.stores;
  const identity = await identities.find(upstream.id, assertion.subject);
  const known = identity && (await users.findById(identity.userId));
  const admitted = mayBeCreated(compiled, assertion, { sha256: sha256Hex });
  const isTheirs = known
    ? known.source === upstream.slug && !known.disabledAt
    : 'value' in admitted && admitted.value;
  return isTheirs ? findPicture(deps, compiled, assertion) : undefined;
}

/** Two first sign-ins at once: the second finds what the first wrote. */
async function onceAgain<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isDomainError(error) || !RACES.has(error.code)) throw error;
    return work();
  }
}

const RACES = new Set(['group_name_taken', 'identity_taken', 'login_name_taken']);

/** @throws {DomainError} `upstream_not_found` when it is switched off. */
export function compiledOf(upstream: Upstream): CompiledUpstream {
  if (upstream.disabled) throw new DomainError('upstream_not_found', { slug: upstream.slug });
  const compilation = compileUpstream(upstream);
  if (compilation.ok) return compilation.compiled;
  const [error] = compilation.errors;
  throw new Error(`upstream ${upstream.slug}: ${error?.path}: ${error?.message}`);
}

async function noteRefusal(
  { stores, clock }: AdmitDeps,
  { upstream, assertion, ip, requestId }: AdmitInput,
  refusal: Refusal,
): Promise<void> {
  const { user } = refusal;
  const faults = refusal.kind === 'refused' ? refusal.faults.map(({ path }) => path) : [];
  await stores.auditEvents.add({
    at: clock.now(),
    type: 'session.refused',
    reason: refusal.kind === 'disabled' ? 'user_disabled' : REASONS[refusal.reason],
    actorId: user?.id,
    actorName: user?.username ?? `upstream:${upstream.slug}`,
    details: {
      upstream: upstream.slug,
      subject: assertion.subject.slice(0, 255),
      ...(faults.length > 0 ? { faults } : {}),
    },
    ip,
    requestId,
  });
}

/** Of the audit log. */
const REASONS: Readonly<Record<PersonRefusal, string>> = {
  disabled_there: 'user_disabled',
  claims_unusable: 'upstream_claims_unusable',
  not_admitted: 'upstream_not_admitted',
  name_taken: 'upstream_name_taken',
  identity_taken: 'identity_taken',
};

/** Who is disabled is told no more than one who was never let in, or mistyped a password. */
function errorOf({ name, type }: Upstream, refusal: Refusal): DomainError {
  if (refusal.kind === 'refused' && refusal.reason === 'name_taken')
    return new DomainError('upstream_name_taken', {
      upstream: name,
      name: refusal.about[0] ?? '',
    });
  if (refusal.kind === 'refused' && refusal.reason === 'claims_unusable') {
    const paths = refusal.faults.map(({ path }) => path).join(', ');
    return new DomainError('upstream_claims_unusable', { upstream: name, paths });
  }
  const isDisabled = refusal.kind === 'disabled' || refusal.reason === 'disabled_there';
  if (isDisabled && type === 'ldap') return new DomainError('login_failed', undefined);
  return new DomainError('upstream_not_admitted', { upstream: name });
}
