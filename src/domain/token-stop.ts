/**
 * The kill switch: who gets no tokens now, or where nobody does, whatever the rules say.
 *
 * @module
 */
import { matchesWildcard } from './wildcard.ts';

export type StopSubject =
  | { readonly kind: 'user'; readonly userId: string }
  /** A canonical room name; `*` stands for any characters, as in room policies. */
  | { readonly kind: 'room'; readonly issuerId: string; readonly pattern: string }
  | { readonly kind: 'issuer'; readonly issuerId: string };

export interface TokenStop {
  readonly id: string;
  readonly subject: StopSubject;
  /** Of the user or the issuer, when it was made. */
  readonly name: string;
  /** For administrators; those it stops are not told. */
  readonly reason: string;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** `undefined`: until it is lifted. */
  readonly endsAt: Date | undefined;
  /** For one that ended, its end. */
  readonly liftedAt: Date | undefined;
  readonly liftedBy: string | undefined;
}

export type StopState = 'in_force' | 'ended' | 'lifted';

export function stateOfStop({ liftedAt, endsAt }: TokenStop, now: Date): StopState {
  if (endsAt && endsAt <= (liftedAt ?? now)) return 'ended';
  return liftedAt ? 'lifted' : 'in_force';
}

/** Those that can stop somebody at this issuer. */
export function stopsOfIssuer(stops: readonly TokenStop[], issuerId: string): TokenStop[] {
  return stops.filter(({ subject }) => subject.kind === 'user' || subject.issuerId === issuerId);
}

export interface StopFacts {
  readonly user: { readonly id: string };
  /** Canonical name. */
  readonly room: string;
  readonly now: Date;
}

/** The first that holds. */
export function findStop(
  stops: readonly TokenStop[],
  { user, room, now }: StopFacts,
): TokenStop | undefined {
  return stops.find((stop) => {
    const { subject } = stop;
    if (stateOfStop(stop, now) !== 'in_force') return false;
    if (subject.kind === 'user') return subject.userId === user.id;
    return subject.kind === 'issuer' || matchesWildcard(room, subject.pattern);
  });
}
