import type { Clock } from '../domain/clock.ts';
import type { StopSubject } from '../domain/token-stop.ts';
import type { OutstandingTokens } from '../stores/audit-events.ts';
import type { Stores } from '../stores/index.ts';

export interface OutstandingDeps {
  readonly stores: Pick<Stores, 'auditEvents' | 'issuers'>;
  readonly clock: Clock;
}

/**
 * Tokens that were issued and have not ended. A stop takes none of them back: Prosody asks nobody
 * when somebody joins with one.
 */
export async function outstandingTokens(
  { stores, clock }: OutstandingDeps,
  subject: StopSubject,
): Promise<OutstandingTokens> {
  const now = clock.now();
  const longest = await stores.issuers.findLongestTokenTtl();
  const since = new Date(now.getTime() - longest * 1000);
  return stores.auditEvents.outstanding(subject, { since, now });
}
