/**
 * How a person proved who they are: RFC 8176 names, `setup` for the first administrator's link, and
 * `oidc` for a directory's word. `pwd` may have been asked by a directory.
 */
export type AuthMethod = 'pwd' | 'setup' | 'oidc' | 'mfa';

/** A sign-in, from its proof to its end. */
export interface Session {
  /** UUID; safe to show. The cookie holds another secret, of which only a hash is kept. */
  readonly id: string;
  readonly userId: string;
  readonly methods: readonly AuthMethod[];
  /** When the person last proved who they are. */
  readonly authenticatedAt: Date;
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  /** Ends when unused until then. */
  readonly idleExpiresAt: Date;
  /** Ends then in any case. */
  readonly expiresAt: Date;
  readonly remembered: boolean;
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
}

/** Settings: `SESSION_…`. */
export interface SessionLifetimes {
  /** Ends when unused for so long. */
  readonly idleSeconds: number;
  /** Ends after so long in any case. */
  readonly maxSeconds: number;
  /** The same for a remembered sign-in, used or not. */
  readonly rememberSeconds: number;
}

/** NIST SP 800-63B-4, section 2.1.3: reauthentication at least every 30 days at AAL1. */
export const DEFAULT_SESSION_LIFETIMES: SessionLifetimes = {
  idleSeconds: 8 * 3600,
  maxSeconds: 24 * 3600,
  rememberSeconds: 30 * 24 * 3600,
};

/** How exact `lastSeenAt` is: no request of the same minute writes it again. */
const TOUCH_SECONDS = 60;

/** When it ends, counted from now on, if it is not used again. */
export function idleEnd(
  session: Pick<Session, 'remembered' | 'expiresAt'>,
  now: Date,
  lifetimes: SessionLifetimes,
): Date {
  if (session.remembered) return session.expiresAt;
  const idle = after(now, lifetimes.idleSeconds);
  return idle < session.expiresAt ? idle : session.expiresAt;
}

export function isTouchDue({ lastSeenAt }: Pick<Session, 'lastSeenAt'>, now: Date): boolean {
  return now.getTime() - lastSeenAt.getTime() >= TOUCH_SECONDS * 1000;
}

/** What matters most is done only by who proved so lately who they are. */
export const FRESH_SECONDS = 15 * 60;

export function isFresh({ authenticatedAt }: Pick<Session, 'authenticatedAt'>, now: Date): boolean {
  return now.getTime() - authenticatedAt.getTime() < FRESH_SECONDS * 1000;
}

export interface NewSession {
  readonly id: string;
  readonly userId: string;
  readonly methods: readonly AuthMethod[];
  readonly remembered: boolean;
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
}

/** A sign-in that begins now. */
export function buildSession(facts: NewSession, now: Date, lifetimes: SessionLifetimes): Session {
  const { maxSeconds, rememberSeconds } = lifetimes;
  const expiresAt = after(now, facts.remembered ? rememberSeconds : maxSeconds);
  return {
    ...facts,
    authenticatedAt: now,
    createdAt: now,
    lastSeenAt: now,
    idleExpiresAt: idleEnd({ remembered: facts.remembered, expiresAt }, now, lifetimes),
    expiresAt,
  };
}

function after(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000);
}

/** How long a browser that signed in before is known by its cookie. */
export const KNOWN_DEVICE_SECONDS = 180 * 24 * 3600;
