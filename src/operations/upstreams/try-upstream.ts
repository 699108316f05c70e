import type { CheckedPerson } from '../../directory/directory.ts';
import { canonicalRoom } from '../../domain/room.ts';
import type { TrialOutcome, TrialStep } from '../../domain/upstreams/trial.ts';
import type { LiveUpstream } from '../issuer-catalog.ts';
import type { JudgeInput } from './judge-assertion.ts';
import { tryDirectory, type TryDirectoryDeps } from './try-directory.ts';
import { beginTrial, type TryProviderDeps } from './try-provider.ts';

export type TryUpstreamDeps = TryDirectoryDeps & TryProviderDeps;

export interface TryUpstreamInput extends Pick<JudgeInput, 'issuer' | 'room'> {
  readonly live: LiveUpstream;
  /** Of a directory; without a name only the connection is tried. */
  readonly person: CheckedPerson;
  /** Who asked; nobody at a terminal. */
  readonly userId: string | undefined;
}

export interface TriedUpstream {
  readonly steps: readonly TrialStep[];
  /** Absent while somebody has yet to sign in there. */
  readonly outcome: TrialOutcome | undefined;
  /** Of the trial that waits, and what begins the sign-in. */
  readonly id: string | undefined;
  readonly token: string | undefined;
}

/**
 * Tries an upstream of either type, as far as that goes without a person.
 *
 * @throws {DomainError} `room_invalid`.
 */
export async function tryUpstream(
  deps: TryUpstreamDeps,
  { live, person, issuer, room, userId }: TryUpstreamInput,
): Promise<TriedUpstream> {
  if (room.trim() !== '') canonicalRoom(encodeURIComponent(room));
  const { upstream } = live;
  if (upstream.type === 'ldap') {
    const { steps, judgement } = await tryDirectory(deps, {
      live: { ...live, upstream },
      person,
      issuer,
      room,
    });
    return { steps, outcome: { judgement }, id: undefined, token: undefined };
  }
  const begun = await beginTrial(deps, { live: { ...live, upstream }, issuer, room, userId });
  const { trial, token } = begun;
  return { steps: trial.steps, outcome: trial.outcome, id: trial.id, token };
}
