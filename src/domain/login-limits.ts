/**
 * How often somebody may try to prove who they are, and what is counted for it.
 *
 * Every attempt is counted before its password is looked at, for several subjects at once; it goes
 * on only when none of them is over its limit, and a success takes its count back. A browser that
 * signed in before is counted by itself: strangers cannot lock it out, nor hide behind it.
 *
 * @module
 */
import { isInNetwork, parseAddress, parseNetwork } from './rules/network.ts';

/** All of it can be set: see the settings `LOGIN_…` and `SHARED_NETWORKS`. */
export interface LoginLimits {
  /** After so many failures of one account from one address; the last counts for all that follow. */
  readonly waitsSeconds: readonly number[];
  readonly accountHourFailures: number;
  readonly accountDayFailures: number;
  readonly addressFailures: number;
  readonly addressWindowSeconds: number;
  /** After so many different names an address is slowed down… */
  readonly addressNames: number;
  /** …to one attempt in so long… */
  readonly stuffingWaitSeconds: number;
  /** …for so long. */
  readonly stuffingHoldSeconds: number;
  /** CIDRs or single addresses, spared what is counted for an address alone. */
  readonly sharedNetworks: readonly string[];
}

export const DEFAULT_LOGIN_LIMITS: LoginLimits = {
  waitsSeconds: [0, 0, 0, 1, 2, 5, 10, 30, 60],
  accountHourFailures: 30,
  accountDayFailures: 100,
  addressFailures: 60,
  addressWindowSeconds: 600,
  addressNames: 15,
  stuffingWaitSeconds: 60,
  stuffingHoldSeconds: 3600,
  sharedNetworks: [],
};

export type LimitName = 'pair' | 'account_hour' | 'account_day' | 'address' | 'address_names';

/**
 * All of the `first` are counted. Only when none of them refuses, and none is the slow lane, the
 * `marker` of the name; when that is new, the `names`; when they are at their most, the slow lane.
 */
export type LoginCounterStep = 'first' | 'marker' | 'names' | 'slow_lane';

/** One subject an attempt is counted for. */
export interface LoginCounter {
  readonly limit: LimitName;
  /** In the clear: only a keyed hash of it is stored. */
  readonly subject: string;
  /** Most in one window. */
  readonly most: number;
  readonly windowSeconds: number;
  /** Whether the window begins anew with each attempt, or with the first one only. */
  readonly window: 'sliding' | 'fixed';
  /** What to wait after the first, the second…; the last counts for all that follow. */
  readonly waitsSeconds: readonly number[];
  /** `if_present`: counts only while something else has put it there. */
  readonly when: 'always' | 'if_present' | 'if_absent';
  readonly step: LoginCounterStep;
  /** What becomes of it on success: the pair begins anew, the others forget this attempt. */
  readonly onSuccess: 'clear' | 'give_back';
}

export interface LoginAttemptFacts {
  /** The person's id; for a name nobody has, the name's key. */
  readonly account: string;
  /** What was typed, as a key: another name of the same person waits by itself. */
  readonly nameKey: string;
  /** `undefined` when it cannot be believed: all of these together are one address. */
  readonly ip: string | undefined;
  /** Hash of the device cookie, when this account signed in with it before. */
  readonly knownDevice: string | undefined;
}

const HOUR = 3600;
const DAY = 24 * HOUR;
const NO_MOST = 2_147_483_647;
/** So long after the last failure a pair begins anew. */
const PAIR_MEMORY = HOUR;

/** In the order in which they are to be counted: the same for everybody. */
export function countersOf(facts: LoginAttemptFacts, limits: LoginLimits): LoginCounter[] {
  const { account, nameKey, ip, knownDevice } = facts;
  const place = knownDevice ? `device ${knownDevice}` : `address ${addressBucket(ip)}`;
  const whose = knownDevice ? `${account} device ${knownDevice}` : account;

  const counters: LoginCounter[] = [
    {
      ...ALWAYS,
      limit: 'pair',
      subject: `pair ${place} ${nameKey}`,
      windowSeconds: PAIR_MEMORY,
      window: 'sliding',
      waitsSeconds: limits.waitsSeconds,
      onSuccess: 'clear',
    },
    {
      ...ALWAYS,
      limit: 'account_hour',
      subject: `hour ${whose}`,
      most: limits.accountHourFailures,
      windowSeconds: HOUR,
    },
    {
      ...ALWAYS,
      limit: 'account_day',
      subject: `day ${whose}`,
      most: limits.accountDayFailures,
      windowSeconds: DAY,
    },
  ];
  if (!countsAddress(facts, limits)) return counters;
  return [
    ...counters,
    addressCounter(ip, limits),
    slowLane(ip, limits),
    nameMarker(facts, limits),
    nameCounter(facts, limits),
    { ...slowLane(ip, limits), step: 'slow_lane', when: 'if_absent' },
  ];
}

/** Whether an attempt counts for its address alone, and its name for the names tried from there. */
function countsAddress(
  { ip, knownDevice }: Pick<LoginAttemptFacts, 'ip' | 'knownDevice'>,
  { sharedNetworks }: LoginLimits,
): boolean {
  if (knownDevice) return false;
  const address = ip === undefined ? undefined : parseAddress(ip);
  return (
    !address ||
    !sharedNetworks.some((text) => {
      const network = parseNetwork(text);
      return network !== undefined && isInNetwork(address, network);
    })
  );
}

/** Marks that a name was tried from an address: new only once in a window. */
function nameMarker({ nameKey, ip }: LoginAttemptFacts, limits: LoginLimits): LoginCounter {
  return {
    ...ALWAYS,
    limit: 'address_names',
    step: 'marker',
    subject: `name ${addressBucket(ip)} ${nameKey}`,
    most: 1,
    windowSeconds: limits.addressWindowSeconds,
    onSuccess: 'clear',
  };
}

/** Counts the different names of an address. */
function nameCounter({ ip }: LoginAttemptFacts, limits: LoginLimits): LoginCounter {
  return {
    ...ALWAYS,
    limit: 'address_names',
    step: 'names',
    subject: `names ${addressBucket(ip)}`,
    most: limits.addressNames,
    windowSeconds: limits.addressWindowSeconds,
  };
}

/** Is there while an address is slowed down. */
function slowLane(ip: string | undefined, limits: LoginLimits): LoginCounter {
  return {
    ...ALWAYS,
    limit: 'address_names',
    subject: `slow ${addressBucket(ip)}`,
    windowSeconds: limits.stuffingHoldSeconds,
    waitsSeconds: [limits.stuffingWaitSeconds],
    when: 'if_present',
  };
}

/** The part of an address that one customer of a network has: IPv6 gives out /64s. */
export function addressBucket(ip: string | undefined): string {
  const address = ip === undefined ? undefined : parseAddress(ip);
  if (!address) return 'unknown';
  if (address.kind() === 'ipv4') return address.toString();
  return networkOf(address.toByteArray());
}

const ALWAYS = {
  most: NO_MOST,
  window: 'fixed',
  waitsSeconds: [0],
  when: 'always',
  step: 'first',
  onSuccess: 'give_back',
} as const;

function addressCounter(ip: string | undefined, limits: LoginLimits): LoginCounter {
  return {
    ...ALWAYS,
    limit: 'address',
    subject: `address ${addressBucket(ip)}`,
    most: limits.addressFailures,
    windowSeconds: limits.addressWindowSeconds,
  };
}

/** The first eight bytes, in hex, `/64`. */
function networkOf(bytes: readonly number[]): string {
  return `${bytes
    .slice(0, 8)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')}/64`;
}
