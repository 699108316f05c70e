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
  countsAddress,
  type LimitName,
  type LoginAttemptFacts,
  type LoginCounter,
  type LoginLimits,
  nameCounter,
  nameMarker,
  slowLane,
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
  readonly requestId: string | undefined;
}

export interface LoginAttempt {
  /** Whether this browser signed in before, as the person it tries to be. */
  readonly knownDevice: boolean;
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
  const count = (counters: readonly LoginCounter[]) =>
    stores.loginCounters.count(counters.map(keyed(deps)), now);

  const outcomes = await count(countersOf(facts, limits));
  const counted = outcomes.filter(isCounted);
  const refused = latest(outcomes) ?? (await noteName());
  if (refused) {
    await stores.loginCounters.settle(counted, 'not_tried');
    return refuse(deps, { input, refused, now });
  }

  const settle = (outcome: 'success' | 'not_tried') => () =>
    stores.loginCounters.settle(counted, outcome);
  return {
    knownDevice: facts.knownDevice !== undefined,
    succeed: settle('success'),
    abandon: settle('not_tried'),
  };

  /** Looks at how many different names come from the address; slows it down at the limit. */
  async function noteName(): Promise<Refusal | undefined> {
    const hasTurn = counted.some(({ counter }) => counter.limit === 'address_names');
    if (hasTurn || !countsAddress(facts, limits)) return undefined;

    const [marked] = await count([nameMarker(facts, limits)]);
    if (marked?.outcome !== 'counted') return undefined;
    counted.push(marked);

    const [named] = await count([nameCounter(facts, limits)]);
    const isLast = named?.outcome === 'counted' && named.count >= limits.addressNames;
    if (named?.outcome === 'counted') counted.push(named);
    if (named?.outcome === 'counted' && !isLast) return undefined;

    const [slowed] = await count([{ ...slowLane(facts.ip, limits), when: 'always' }]);
    if (isLast) {
      if (slowed?.outcome === 'counted') counted.push(slowed);
      return undefined;
    }
    const freeAt = slowed?.outcome === 'counted' ? slowed.blockedUntil : undefined;
    return latest([slowed]) ?? { limit: 'address_names', subject: facts.nameKey, freeAt };
  }
}

/** Runs the proof; when it could not be looked at, such as for want of a free core, nothing counts. */
export async function abandonUnlessTried<T>(
  attempt: LoginAttempt,
  proof: () => Promise<T>,
): Promise<T> {
  try {
    return await proof();
  } catch (error) {
    if (isDomainError(error) && error.code === 'hashing_busy') await attempt.abandon();
    throw error;
  }
}

interface Refusal {
  readonly limit: LimitName;
  readonly subject: string;
  readonly freeAt: Date | undefined;
}

async function gatherFacts(
  { stores }: LoginAttemptDeps,
  { userId, nameKey, ip, deviceToken }: LoginAttemptInput,
): Promise<LoginAttemptFacts> {
  const device = deviceToken === undefined ? undefined : tokenHash(deviceToken);
  const known = device && (await stores.knownDevices.knows(device, userId));
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
