/**
 * An attempt to prove who somebody is, counted before the proof is looked at.
 *
 * @module
 */
import { keyedHash, tokenHash } from '../crypto/digest.ts';
import type { SecretBox } from '../crypto/secret-box.ts';
import type { Clock } from '../domain/clock.ts';
import { DomainError, isDomainError } from '../domain/errors.ts';
import {
  countersOf,
  type LimitName,
  type LoginAttemptFacts,
  type LoginCounter,
  type LoginCounterStep,
  type LoginLimits,
} from '../domain/login-limits.ts';
import type { Stores } from '../stores/index.ts';
import type { Counted, CountOutcome, KeyedLoginCounter } from '../stores/login-counters.ts';

export interface LoginAttemptDeps {
  readonly stores: Pick<Stores, 'auditEvents' | 'knownDevices' | 'loginCounters'>;
  readonly clock: Clock;
  readonly secretBox: Pick<SecretBox, 'derive'>;
  readonly limits: LoginLimits;
}

export interface LoginAttemptInput {
  /** Nobody has the name: `undefined`. */
  readonly userId: string | undefined;
  /** See `loginKey`. */
  readonly nameKey: string;
  readonly ip: string | undefined;
  readonly deviceToken: string | undefined;
  /** Whether the person signed in with that device before; looked up when nobody knows yet. */
  readonly knowsDevice?: boolean | undefined;
  readonly requestId: string | undefined;
}

export interface LoginAttempt {
  /** Whether this browser signed in before, as the person it tries to be. */
  readonly knownDevice: boolean;
  /** For who takes the count back in a statement of their own. */
  readonly counted: readonly Counted[];
  /** Takes the count back: the proof was right. */
  succeed(): Promise<void>;
  /** Takes the count back: the proof was not looked at. */
  abandon(): Promise<void>;
}

/**
 * Counts an attempt. What it counted stays counted unless it is told otherwise.
 *
 * @throws {DomainError} `login_limited`.
 */
export async function beginLoginAttempt(
  deps: LoginAttemptDeps,
  input: LoginAttemptInput,
): Promise<LoginAttempt> {
  const { stores, clock, limits } = deps;
  const facts = await gatherFacts(deps, input);
  const now = clock.now();
  const asked = countersOf(facts, limits).map(keyed(deps));
  const outcomes = await stores.loginCounters.count(asked, now);
  const { refused, counted } = judge(outcomes, asked, input);
  if (refused) {
    await stores.loginCounters.settle(counted, 'not_tried');
    return refuse(deps, { input, refused, now });
  }

  const settle = (outcome: 'success' | 'not_tried') => () =>
    stores.loginCounters.settle(counted, outcome);
  return {
    knownDevice: facts.knownDevice !== undefined,
    counted,
    succeed: settle('success'),
    abandon: settle('not_tried'),
  };
}

/** Nobody looked at the proof. */
const NOT_TRIED: readonly string[] = ['hashing_busy', 'upstream_unavailable'];

/** Runs the proof; when it could not be looked at, such as for want of a free core, nothing counts. */
export async function abandonUnlessTried<T>(
  attempt: LoginAttempt,
  proof: () => Promise<T>,
): Promise<T> {
  try {
    return await proof();
  } catch (error) {
    if (isDomainError(error) && NOT_TRIED.includes(error.code)) await attempt.abandon();
    throw error;
  }
}

interface Refusal {
  readonly limit: LimitName;
  readonly subject: string;
  readonly freeAt: Date | undefined;
}

/** Whether the attempt may go on, and what of it stays counted if so. */
function judge(
  outcomes: readonly CountOutcome[],
  asked: readonly LoginCounter[],
  { nameKey }: Pick<LoginAttemptInput, 'nameKey'>,
): { readonly refused: Refusal | undefined; readonly counted: readonly Counted[] } {
  const ofStep = (step: LoginCounterStep) => outcomes.filter((_, i) => asked[i]?.step === step);
  const counted = outcomes.filter(isCounted);
  const refused = latest(ofStep('first'));
  const [named] = ofStep('names');
  if (refused || ofStep('marker')[0]?.outcome !== 'counted' || named?.outcome === 'counted')
    return { refused, counted };

  // Too many names: the address is in the slow lane from now on, which is not given back.
  const [slowed] = ofStep('slow_lane');
  const freeAt = slowed?.outcome === 'counted' ? slowed.blockedUntil : undefined;
  return {
    refused: latest([slowed]) ?? { limit: 'address_names', subject: nameKey, freeAt },
    counted: counted.filter((one) => one !== slowed),
  };
}

async function gatherFacts(
  { stores }: LoginAttemptDeps,
  { userId, nameKey, ip, deviceToken, knowsDevice }: LoginAttemptInput,
): Promise<LoginAttemptFacts> {
  const device = deviceToken === undefined ? undefined : tokenHash(deviceToken);
  const known = device && (knowsDevice ?? (await stores.knownDevices.knows(device, userId)));
  return {
    account: userId === undefined ? `name ${nameKey}` : `user ${userId}`,
    nameKey,
    ip,
    knownDevice: known ? device.toString('hex') : undefined,
  };
}

function keyed({ secretBox }: Pick<LoginAttemptDeps, 'secretBox'>) {
  const key = secretBox.derive('login counters');
  return (counter: LoginCounter): KeyedLoginCounter => ({
    ...counter,
    key: keyedHash(key, counter.subject),
  });
}

function isCounted(outcome: CountOutcome): outcome is Counted {
  return outcome.outcome === 'counted';
}

/** The refusal that lasts longest. */
function latest(outcomes: readonly (CountOutcome | undefined)[]): Refusal | undefined {
  const refusals = outcomes.flatMap((outcome) =>
    outcome?.outcome === 'refused' ? [{ ...outcome.counter, freeAt: outcome.freeAt }] : [],
  );
  return refusals.sort((a, b) => time(b.freeAt) - time(a.freeAt))[0];
}

function time(date: Date | undefined): number {
  return date?.getTime() ?? 0;
}

/** Written down once a minute for each limit that is hit: who hammers must not fill the audit. */
async function refuse(
  deps: LoginAttemptDeps,
  { input, refused, now }: { input: LoginAttemptInput; refused: Refusal; now: Date },
): Promise<never> {
  const { stores } = deps;
  const seconds = Math.ceil((time(refused.freeAt) - now.getTime()) / 1000);
  const [written] = await stores.loginCounters.count(
    [
      keyed(deps)({
        limit: refused.limit,
        subject: `audit ${refused.subject}`,
        most: 1,
        windowSeconds: 60,
        window: 'fixed',
        waitsSeconds: [0],
        when: 'always',
        step: 'first',
        onSuccess: 'give_back',
      }),
    ],
    now,
  );
  if (written?.outcome === 'counted')
    await stores.auditEvents.add({
      at: now,
      type: 'session.limited',
      reason: refused.limit,
      ...describeName(deps, input),
      ip: input.ip,
      requestId: input.requestId,
    });
  throw new DomainError('login_limited', { retryAfterSeconds: Math.max(1, seconds) });
}

/**
 * Whom somebody tried to be. A name nobody has is kept as a keyed hash: people type passwords
 * into the field of the name.
 */
export function describeName(
  { secretBox }: Pick<LoginAttemptDeps, 'secretBox'>,
  { userId, nameKey }: Pick<LoginAttemptInput, 'userId' | 'nameKey'>,
) {
  if (userId !== undefined)
    return { targetType: 'user', targetId: userId, targetName: nameKey } as const;
  const nameHash = keyedHash(secretBox.derive('unknown names'), nameKey).toString('hex');
  return { targetType: 'user', details: { nameHash } } as const;
}
