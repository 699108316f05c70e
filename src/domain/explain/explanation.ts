/**
 * Why somebody may or may not enter a room, as what, and what Prosody will say.
 *
 * @module
 */
import type { Client } from '../client.ts';
import type { ErrorCode } from '../errors.ts';
import type { Issuer } from '../issuer.ts';
import type { ProsodyVerdict } from '../prosody/verify.ts';
import type { Room } from '../room.ts';
import type { AuthFacts } from '../rules/facts.ts';
import type { User } from '../user.ts';
import type { ClaimsExplanation } from './claims.ts';
import type { DecisionExplanation } from './decision.ts';

/** The case, as it was understood. */
export interface Case {
  readonly user: User;
  readonly madeUp: boolean;
  /** `NO_ROOM` at a client that leads to none. */
  readonly room: Room;
  readonly tenant: string | undefined;
  readonly at: Date;
  readonly ip: string | undefined;
  readonly auth: AuthFacts;
}

export interface Explanation {
  readonly issuer: Pick<Issuer, 'slug' | 'name' | 'algorithm'>;
  readonly asked: Case;
  /** That asks for the person: what is no Jitsi gets no Jitsi token. */
  readonly client: Pick<Client, 'clientId' | 'name' | 'kind'> | undefined;
  readonly decision: DecisionExplanation;
  /** Of an allowed decision about a room, when it is for Jitsi. */
  readonly token: TokenExplanation | undefined;
}

export type TokenExplanation =
  /** Allowed, and yet no token: no key, no domain, or a tenant of the domain's name. */
  | { readonly outcome: 'impossible'; readonly code: ErrorCode }
  | {
      readonly outcome: 'built';
      readonly made: ClaimsExplanation;
      /** Of the encoded token, signature included. */
      readonly bytes: number;
      readonly maxBytes: number;
      /** The claim that takes most room, when the token is too long to be issued. */
      readonly tooLargeBy: string | undefined;
      /** Header and claims as they are signed, dots between; the signature is left out. */
      readonly signingInput: string;
      /** The signature is taken to be good: it is ours. */
      readonly prosody: ProsodyVerdict;
    };
