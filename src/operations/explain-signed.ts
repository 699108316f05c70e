import { isDomainError } from '../domain/errors.ts';
import type { Random } from '../domain/clock.ts';
import type { Explanation } from '../domain/explain/explanation.ts';
import type { Stores } from '../stores/index.ts';
import type { Actor } from './actor.ts';
import { type ExplainDeps, type ExplainInput, explain, findLive } from './explain.ts';
import { issueJitsiToken } from './issue-jitsi-token.ts';

export interface ExplainSignedDeps extends ExplainDeps {
  readonly stores: Pick<Stores, 'users' | 'auditEvents'>;
  readonly random: Random;
}

export interface SignedExplanation {
  readonly explanation: Explanation;
  /** Compact JWS: the very token that is explained. Absent when nobody would get one. */
  readonly token: string | undefined;
}

/** Tokens are signed for people there are, by the rules there are, now. */
export interface ExplainSignedInput
  extends Omit<ExplainInput, 'subject' | 'at' | 'draft' | 'tried'> {
  readonly username: string;
  readonly actor: Actor;
}

/**
 * Explains, and signs the token that is explained; written down as every token is, with who asked.
 *
 * @throws {DomainError} as `explain`.
 */
export async function explainSigned(
  deps: ExplainSignedDeps,
  { username, actor, ...input }: ExplainSignedInput,
): Promise<SignedExplanation> {
  const now = deps.clock.now();
  const jti = deps.random.uuid();
  const same = { ...deps, clock: { now: () => now }, random: { ...deps.random, uuid: () => jti } };
  const explanation = await explain(same, { ...input, subject: { kind: 'known', name: username } });
  const { token: built, asked } = explanation;
  if (built?.outcome !== 'built' || built.tooLargeBy !== undefined)
    return { explanation, token: undefined };

  const { user, room, tenant, ip, auth } = asked;
  const live = findLive(await deps.catalog.refresh(), input.issuer);
  const authenticatedAt = new Date(now.getTime() - auth.ageSeconds * 1000);
  try {
    const { token } = await issueJitsiToken(same, {
      live,
      user,
      session: { methods: auth.methods, authenticatedAt },
      room,
      tenant,
      ip,
      requestId: actor.requestId,
      onBehalf: { by: actor, explained: true },
    });
    return { explanation, token };
  } catch (error) {
    // The rules or the keys changed between the two: what was explained is not signed.
    if (isDomainError(error)) return { explanation, token: undefined };
    throw error;
  }
}
